import { describe, expect, it } from 'vitest';
import type { StoreBench } from './store-bench.ts';
import {
  acquireJob,
  aJob,
  anEnding,
  anInlinePayload,
  aPayload,
  aReport,
  endedJob,
  insertJob,
  runningJob,
  START,
} from './store-fixtures.ts';

const DAY = 24 * 3600 * 1000;
const NO_LIMITS = { now: START, maxJobs: Number.MAX_SAFE_INTEGER, maxBytes: Number.MAX_SAFE_INTEGER };

export function retentionConformance(bench: StoreBench): void {
  async function left(): Promise<string[]> {
    return (await bench.store.jobs.list({}, 1000)).jobs.map(({ id }) => id).reverse();
  }

  describe('retention', () => {
    it('removes nothing within the limits', async () => {
      const ids = [await endedJob(bench.store), (await insertJob(bench.store)).id];
      expect(await bench.store.jobs.retain(NO_LIMITS)).toBe(0);
      expect(await left()).toEqual(ids);
    });

    it('removes jobs past their time, and says that they were there', async () => {
      const old = await endedJob(bench.store, {}, { expiresAt: START + 10 });
      const young = await endedJob(bench.store, {}, { expiresAt: START + 11 });
      const running = (await runningJob(bench.store)).jobId;
      expect(await bench.store.jobs.retain({ ...NO_LIMITS, now: START + 10 })).toBe(1);
      expect(await left()).toEqual([young, running]);
      expect(await bench.store.jobs.wasRemoved(old)).toBe(true);
      expect(await bench.store.jobs.wasRemoved(young)).toBe(false);
    });

    it('removes the oldest ended jobs over the number to keep', async () => {
      const ids: string[] = [];
      for (let i = 0; i < 70; i++) ids.push(await endedJob(bench.store, { createdAt: START + i }));
      expect(await bench.store.jobs.retain({ ...NO_LIMITS, maxJobs: 7 })).toBe(63);
      expect(await left()).toEqual(ids.slice(63));
    });

    it('counts jobs that have not ended, but keeps them', async () => {
      const queued = await insertJob(bench.store, { createdAt: START });
      const ended = await endedJob(bench.store, { createdAt: START + 1 });
      const running = await runningJob(bench.store, { createdAt: START + 2 });
      expect(await bench.store.jobs.retain({ ...NO_LIMITS, maxJobs: 3 })).toBe(0);
      expect(await bench.store.jobs.retain({ ...NO_LIMITS, maxJobs: 1 })).toBe(1);
      expect(await left()).toEqual([queued.id, running.jobId]);
      expect(await bench.store.jobs.wasRemoved(ended)).toBe(true);
    });

    it('removes the oldest ended jobs until what is left fits the bytes', async () => {
      const ids: string[] = [];
      for (let i = 0; i < 5; i++) ids.push(await endedJob(bench.store, { createdAt: START + i }));
      const { bytes } = (await bench.store.jobs.get(ids[0])) ?? { bytes: 0 };
      expect(bytes).toBeGreaterThan(0);
      expect(await bench.store.jobs.retain({ ...NO_LIMITS, maxBytes: 5 * bytes })).toBe(0);
      expect(await bench.store.jobs.retain({ ...NO_LIMITS, maxBytes: 2 * bytes + 1 })).toBe(3);
      expect(await left()).toEqual(ids.slice(3));
    });

    it('counts the bytes of tensors, payload, results, events and report of a job', async () => {
      const { jobs, tensors } = bench.store;
      const job = aJob();
      const payload = await aPayload(bench.store);
      await jobs.insert(job, payload);
      const bytes = async () => (await jobs.get(job.id))?.bytes;
      const inserted = 24 + 24 + 32 + Buffer.byteLength(payload.spec);
      expect(await bytes()).toBe(inserted);
      const taken = await jobs.acquire(job.id, 'owner', START, START + 1);
      if (taken === undefined) throw new Error('The lease was free.');
      const components = { kind: 'blocks', start: 0, count: 100, blocks: 1, stride: 0 } as const;
      const numeric = new Float64Array(100);
      const entries = [
        { parameter: 0, components, numeric, role: 'value' as const, crossed: new Uint32Array(0) },
      ];
      const result = { stage: 'sweep', index: 0, entries, evaluations: 200 } as const;
      await jobs.putShardResult(taken.lease, result, { stage: 'sweep', completed: 1, total: 3 });
      expect(await bytes()).toBeGreaterThanOrEqual(inserted + 800);
      const ending = anEnding({ numeric: { kind: 'tensor', id: await tensors.put(new Float64Array(50)) } });
      await jobs.finish(taken.lease, ending);
      expect(await bytes()).toBe(inserted + Buffer.byteLength(JSON.stringify(aReport())) + 400);
    });

    it('counts a tensor that a job names twice once', async () => {
      const theta = await bench.store.tensors.put(Float64Array.of(1, 2));
      const job = aJob();
      await bench.store.jobs.insert(job, {
        spec: '',
        numbers: { kind: 'tensors', theta, claimed: theta, data: [theta] },
      });
      expect((await bench.store.jobs.get(job.id))?.bytes).toBe(16);
    });

    it('counts the numbers that a small job keeps itself', async () => {
      const { jobs } = bench.store;
      const job = aJob();
      const payload = anInlinePayload();
      await jobs.insert(job, payload);
      const inserted = 80 + Buffer.byteLength(payload.spec);
      expect((await jobs.get(job.id))?.bytes).toBe(inserted);
      const lease = await acquireJob(bench.store, job.id);
      await jobs.finish(lease, anEnding({ numeric: { kind: 'inline', values: new Float64Array(5) } }));
      const report = Buffer.byteLength(JSON.stringify(aReport()));
      expect((await jobs.get(job.id))?.bytes).toBe(inserted + report + 40);
    });

    it('drops Idempotency-Keys that are over', async () => {
      const { jobs } = bench.store;
      const payload = await aPayload(bench.store);
      const key = { client: 'client', fingerprint: 'f' };
      await jobs.insert(aJob(), payload, { ...key, key: 'old', expiresAt: START + 5 });
      await jobs.insert(aJob(), payload, { ...key, key: 'new', expiresAt: START + 6 });
      await jobs.retain({ ...NO_LIMITS, now: START + 5 });
      // Asked as of an earlier time, at which both were live.
      expect(await jobs.findIdempotency('client', 'old', START)).toBeUndefined();
      expect(await jobs.findIdempotency('client', 'new', START)).toBeDefined();
    });

    it('remembers a removed job for thirty days', async () => {
      const { jobs } = bench.store;
      const id = await endedJob(bench.store);
      await jobs.remove(id);
      await jobs.retain({ ...NO_LIMITS, now: START + 30 * DAY - 1 });
      expect(await jobs.wasRemoved(id)).toBe(true);
      await jobs.retain({ ...NO_LIMITS, now: START + 30 * DAY });
      expect(await jobs.wasRemoved(id)).toBe(false);
    });

    it('may be asked for twice at once', async () => {
      for (let i = 0; i < 30; i++) await endedJob(bench.store, { createdAt: START + i });
      const limits = { ...NO_LIMITS, maxJobs: 10 };
      const removed = await Promise.all([bench.store.jobs.retain(limits), bench.store.jobs.retain(limits)]);
      expect(removed[0] + removed[1]).toBe(20);
      expect(await left()).toHaveLength(10);
    });
  });
}
