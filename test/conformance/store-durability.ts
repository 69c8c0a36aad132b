import { describe, expect, it } from 'vitest';
import { noTraits } from '../fixtures/no-traits.ts';
import type { StoreBench } from './store-bench.ts';
import {
  acquireJob,
  aJob,
  anEnding,
  anInlinePayload,
  aParameterEvent,
  aPayload,
  aReport,
  endedJob,
  insertJob,
  runningJob,
  START,
} from './store-fixtures.ts';

export function durabilityConformance(bench: StoreBench): void {
  describe('what outlives the process', () => {
    it('is every part of a job', async () => {
      const numeric = await bench.store.tensors.put(Float64Array.of(1, Number.NaN));
      const id = await endedJob(
        bench.store,
        { name: 'kept', labels: { a: 'b' } },
        { numeric: { kind: 'tensor', id: numeric } },
      );
      const before = await bench.store.jobs.get(id);
      const events = await bench.store.jobs.events(id, 0, 10);
      await bench.reopen();
      const { jobs, tensors } = bench.store;
      expect(await jobs.get(id)).toEqual(before);
      expect(await jobs.payload(id)).toEqual(await aPayload(bench.store));
      expect(await jobs.report(id)).toBe(JSON.stringify(aReport()));
      expect(await jobs.events(id, 0, 10)).toEqual(events);
      expect(await jobs.numeric(id)).toEqual({ kind: 'tensor', id: numeric });
      expect(await tensors.get(numeric)).toEqual(Float64Array.of(1, Number.NaN));
      expect((await jobs.list({ label: { key: 'a', value: 'b' } }, 10)).jobs).toEqual([before]);
    });

    it('is every bit of the numbers of a small job', async () => {
      const job = aJob();
      const payload = anInlinePayload();
      await bench.store.jobs.insert(job, payload);
      const lease = await acquireJob(bench.store, job.id);
      const numeric = { kind: 'inline', values: Float64Array.of(-0, Number.NaN, 3) } as const;
      await bench.store.jobs.finish(lease, anEnding({ numeric }));
      await bench.reopen();
      expect(await bench.store.jobs.payload(job.id)).toEqual(payload);
      expect(await bench.store.jobs.numeric(job.id)).toEqual(numeric);
    });

    it('is the work of a job that had not ended, for its next owner', async () => {
      const old = await runningJob(bench.store);
      const result = {
        stage: 'prepare',
        index: 0,
        noise: [{ deviation: 1e-16, scale: 1 }],
        origin: { cost: 2.5, traits: noTraits },
        evaluations: 1,
      } as const;
      const progress = { stage: 'prepare', completed: 1, total: 3 } as const;
      await bench.store.jobs.putShardResult(old, result, progress);
      await bench.store.jobs.appendEvent(old, aParameterEvent('W1'));
      await bench.reopen();
      const { jobs } = bench.store;
      expect(await jobs.claimable(START + 10_000, 10)).toEqual([
        expect.objectContaining({ id: old.jobId, progress }),
      ]);
      const lease = await acquireJob(bench.store, old.jobId, 'next', START + 10_000);
      expect(await jobs.shardResults(old.jobId, 'prepare')).toEqual([result]);
      expect(await jobs.appendEvent(old, aParameterEvent('late'))).toBeUndefined();
      expect((await jobs.finish(lease, anEnding()))?.map(({ id }) => id)).toEqual([2]);
    });

    it('is that a job was removed, a key used, an end asked for', async () => {
      const removed = await endedJob(bench.store);
      await bench.store.jobs.remove(removed);
      const job = await insertJob(bench.store);
      await bench.store.jobs.requestCancel(job.id);
      const key = { client: 'client', key: 'k', fingerprint: 'f', expiresAt: START + 5 };
      const keyed = { ...job, id: `${job.id}-keyed` };
      await bench.store.jobs.insert(keyed, await aPayload(bench.store), key);
      await bench.reopen();
      expect(await bench.store.jobs.wasRemoved(removed)).toBe(true);
      expect((await bench.store.jobs.get(job.id))?.cancelRequested).toBe(true);
      expect(await bench.store.jobs.findIdempotency('client', 'k', START)).toEqual({
        ...key,
        jobId: keyed.id,
      });
    });

    it('is everything that was asked for before the store was closed', async () => {
      const payload = await aPayload(bench.store);
      const lease = await runningJob(bench.store);
      const appended = Array.from({ length: 500 }, (_, i) =>
        bench.store.jobs.appendEvent(lease, aParameterEvent(`W${i}`)),
      );
      const put = bench.store.jobs.payload(lease.jobId);
      await bench.reopen();
      expect((await Promise.all(appended)).every((event) => event !== undefined)).toBe(true);
      expect(await put).toEqual(payload);
      expect(await bench.store.jobs.events(lease.jobId, 0, 1000)).toHaveLength(500);
    });
  });
}
