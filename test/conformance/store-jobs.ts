import { describe, expect, it } from 'vitest';
import type { StoreBench } from './store-bench.ts';
import {
  aCancellation,
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

export function jobConformance(bench: StoreBench): void {
  describe('jobs', () => {
    it('gives back a job as it was stored, but for its bytes', async () => {
      const { jobs } = bench.store;
      const job = aJob({
        name: 'three layers',
        client: 'key:7',
        labels: { commit: '9f2c', branch: 'main' },
        workSeconds: 0.1 + 0.2,
        createdAt: START + 123,
      });
      expect(await jobs.insert(job, await aPayload(bench.store))).toEqual({ kind: 'inserted' });
      expect(await jobs.get(job.id)).toEqual({ ...job, bytes: expect.any(Number) });
    });

    it('keeps every character that a client may choose', async () => {
      const name = 'NUL \u0000 lone \ud800 astral 😀 quote " backslash \\ newline \n';
      const job = await insertJob(bench.store, { name, labels: { [name]: name, __proto: 'x' } });
      const stored = await bench.store.jobs.get(job.id);
      expect(stored?.name).toBe(name);
      expect(stored?.labels).toEqual({ [name]: name, __proto: 'x' });
      const found = await bench.store.jobs.list({ label: { key: name, value: name } }, 10);
      expect(found.jobs.map(({ id }) => id)).toEqual([job.id]);
    });

    it('gives back the payload, whether its numbers are tensors or in it', async () => {
      for (const payload of [await aPayload(bench.store, 5), anInlinePayload(5)]) {
        const job = aJob();
        await bench.store.jobs.insert(job, payload);
        expect(await bench.store.jobs.payload(job.id)).toEqual(payload);
      }
    });

    it('keeps numbers apart from the buffer that they came in', async () => {
      const buffer = Float64Array.from({ length: 9 }, (_, i) => i);
      const job = aJob();
      const values = buffer.subarray(2, 5);
      await bench.store.jobs.insert(job, { spec: '', numbers: { kind: 'inline', values } });
      const lease = await acquireJob(bench.store, job.id);
      await bench.store.jobs.finish(lease, anEnding({ numeric: { kind: 'inline', values } }));
      buffer.fill(9);
      const kept = { kind: 'inline', values: Float64Array.of(2, 3, 4) };
      expect((await bench.store.jobs.payload(job.id))?.numbers).toEqual(kept);
      expect(await bench.store.jobs.numeric(job.id)).toEqual(kept);
    });

    it('knows nothing of an id that was never stored', async () => {
      const { jobs } = bench.store;
      expect(await jobs.get('none')).toBeUndefined();
      expect(await jobs.payload('none')).toBeUndefined();
      expect(await jobs.report('none')).toBeUndefined();
      expect(await jobs.numeric('none')).toBeUndefined();
      expect(await jobs.requestCancel('none')).toBeUndefined();
      expect(await jobs.events('none', 0, 10)).toEqual([]);
      expect(await jobs.shardResults('none', 'sweep')).toEqual([]);
      expect(await jobs.wasRemoved('none')).toBe(false);
      expect(await jobs.remove('none')).toBe(false);
    });

    it('refuses a job whose tensors were not put, and stores nothing of it', async () => {
      const job = aJob({ labels: { a: 'b' } });
      const { spec, numbers } = await aPayload(bench.store);
      const payload = { spec, numbers: { ...numbers, theta: 'f'.repeat(64) } };
      const key = { client: 'client', key: 'k', fingerprint: 'f', expiresAt: START + 1 };
      await expect(bench.store.jobs.insert(job, payload, key)).rejects.toMatchObject({ code: 'internal' });
      expect(await bench.store.jobs.get(job.id)).toBeUndefined();
      expect(await bench.store.jobs.list({ label: { key: 'a', value: 'b' } }, 1)).toEqual({ jobs: [] });
      expect(await bench.store.jobs.findIdempotency('client', 'k', START)).toBeUndefined();
    });

    it('refuses a second job of the same id, and keeps the first', async () => {
      const first = await insertJob(bench.store, { name: 'first' });
      const second = aJob({ id: first.id, name: 'second' });
      await expect(bench.store.jobs.insert(second, await aPayload(bench.store))).rejects.toMatchObject({
        code: 'storage-failed',
      });
      expect((await bench.store.jobs.get(first.id))?.name).toBe('first');
    });

    it('stores every job of many that arrive together, although one of them is refused', async () => {
      const payload = await aPayload(bench.store);
      const wrong = { ...payload, numbers: { ...payload.numbers, data: ['0'.repeat(64)] } };
      const jobs = Array.from({ length: 300 }, (_, i) => ({
        job: aJob(),
        payload: i === 150 ? wrong : payload,
      }));
      const outcomes = await Promise.allSettled(
        jobs.map(({ job, payload }) => bench.store.jobs.insert(job, payload)),
      );
      for (const [i, { status }] of outcomes.entries()) {
        expect(status).toBe(i === 150 ? 'rejected' : 'fulfilled');
        expect((await bench.store.jobs.get(jobs[i].job.id)) !== undefined).toBe(i !== 150);
      }
    });

    it('starts a queued job once', async () => {
      const lease = await runningJob(bench.store);
      expect(await bench.store.jobs.start(lease, START + 99)).toBe(true);
      expect(await bench.store.jobs.get(lease.jobId)).toMatchObject({
        status: 'running',
        startedAt: START + 1,
      });
    });

    it('ends a job whose start was not stored, with the time of it', async () => {
      const { id } = await insertJob(bench.store);
      const lease = await acquireJob(bench.store, id);
      await bench.store.jobs.finish(lease, anEnding({ startedAt: START + 1 }));
      expect(await bench.store.jobs.get(id)).toMatchObject({ status: 'succeeded', startedAt: START + 1 });
      const started = await runningJob(bench.store);
      await bench.store.jobs.finish(started, anEnding({ startedAt: START + 99 }));
      expect((await bench.store.jobs.get(started.jobId))?.startedAt).toBe(START + 1);
    });

    it('ends a job with its report, verdict and numeric gradient', async () => {
      const lease = await runningJob(bench.store);
      const id = await bench.store.tensors.put(Float64Array.of(7, 8, 9));
      const numeric = { kind: 'tensor', id } as const;
      await bench.store.jobs.finish(lease, anEnding({ numeric }));
      const job = await bench.store.jobs.get(lease.jobId);
      expect(job).toMatchObject({
        status: 'succeeded',
        verdict: 'fail',
        progress: { stage: 'sweep', completed: 3, total: 3 },
        startedAt: START + 1,
        finishedAt: START + 2,
        expiresAt: START + 1_000_000,
      });
      expect(job?.owner).toBeUndefined();
      expect(await bench.store.jobs.report(lease.jobId)).toBe(JSON.stringify(aReport()));
      expect(await bench.store.jobs.numeric(lease.jobId)).toEqual(numeric);
    });

    it('ends a failed job with its error and without a report', async () => {
      const lease = await runningJob(bench.store);
      const error = {
        code: 'cost-mismatch',
        detail: 'J differs \u0000',
        data: { ours: 1, theirs: 'NaN' },
      } as const;
      await bench.store.jobs.finish(lease, aCancellation({ status: 'failed', error }));
      expect(await bench.store.jobs.get(lease.jobId)).toMatchObject({ status: 'failed', error });
      expect(await bench.store.jobs.report(lease.jobId)).toBeUndefined();
      expect(await bench.store.jobs.numeric(lease.jobId)).toBeUndefined();
    });

    it('notes that a client asked for the end of a job, and leaves one that has ended as it is', async () => {
      const job = await insertJob(bench.store);
      expect(await bench.store.jobs.requestCancel(job.id)).toMatchObject({
        id: job.id,
        cancelRequested: true,
      });
      expect((await bench.store.jobs.get(job.id))?.cancelRequested).toBe(true);
      const ended = await endedJob(bench.store);
      expect(await bench.store.jobs.requestCancel(ended)).toMatchObject({
        status: 'succeeded',
        cancelRequested: false,
      });
    });

    it('removes a job that has ended with all that hangs on it, and remembers that it was', async () => {
      const { jobs } = bench.store;
      const id = await endedJob(bench.store, { labels: { a: 'b' } });
      expect(await jobs.remove(id)).toBe(true);
      expect(await jobs.get(id)).toBeUndefined();
      expect(await jobs.payload(id)).toBeUndefined();
      expect(await jobs.report(id)).toBeUndefined();
      expect(await jobs.events(id, 0, 10)).toEqual([]);
      expect(await jobs.list({ label: { key: 'a', value: 'b' } }, 10)).toEqual({ jobs: [] });
      expect(await jobs.wasRemoved(id)).toBe(true);
      expect(await jobs.remove(id)).toBe(false);
    });

    it('does not remove a job that has not ended', async () => {
      const { jobId } = await runningJob(bench.store);
      expect(await bench.store.jobs.remove(jobId)).toBe(false);
      expect(await bench.store.jobs.get(jobId)).toBeDefined();
      expect(await bench.store.jobs.wasRemoved(jobId)).toBe(false);
    });

    it('sums up the jobs that have not ended', async () => {
      expect(await bench.store.jobs.backlog()).toEqual({ jobs: 0, workSeconds: 0 });
      await insertJob(bench.store, { workSeconds: 2 });
      await runningJob(bench.store, { workSeconds: 0.25 });
      await endedJob(bench.store, { workSeconds: 100 });
      expect(await bench.store.jobs.backlog()).toEqual({ jobs: 2, workSeconds: 2.25 });
    });

    it('says that it is ready', async () => {
      await expect(bench.store.ping()).resolves.toBeUndefined();
    });
  });
}
