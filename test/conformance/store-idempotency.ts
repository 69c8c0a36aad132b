import { describe, expect, it } from 'vitest';
import type { StoreBench } from './store-bench.ts';
import { aCancellation, acquireJob, aJob, aPayload, START } from './store-fixtures.ts';

const DAY = 24 * 3600 * 1000;

function aKey(fields: { client?: string; key?: string; fingerprint?: string; expiresAt?: number } = {}) {
  return { client: 'client', key: 'key', fingerprint: 'print', expiresAt: START + DAY, ...fields };
}

export function idempotencyConformance(bench: StoreBench): void {
  describe('Idempotency-Keys', () => {
    it('answers the same submission with the same job and inserts nothing', async () => {
      const { jobs } = bench.store;
      const payload = await aPayload(bench.store);
      const first = aJob();
      const second = aJob();
      expect(await jobs.insert(first, payload, aKey())).toEqual({ kind: 'inserted' });
      expect(await jobs.insert(second, payload, aKey())).toEqual({ kind: 'repeated', jobId: first.id });
      expect(await jobs.get(second.id)).toBeUndefined();
    });

    it('inserts one job when the same submission arrives many times at once', async () => {
      const { jobs } = bench.store;
      const payload = await aPayload(bench.store);
      const outcomes = await Promise.all(
        Array.from({ length: 50 }, () => jobs.insert(aJob(), payload, aKey())),
      );
      expect(outcomes.filter(({ kind }) => kind === 'inserted')).toHaveLength(1);
      const { jobs: stored } = await jobs.list({}, 100);
      expect(stored).toHaveLength(1);
      const others = outcomes.filter(({ kind }) => kind !== 'inserted');
      expect(others).toEqual(new Array(49).fill({ kind: 'repeated', jobId: stored[0].id }));
    });

    it('refuses other content under a key in use', async () => {
      const { jobs } = bench.store;
      const payload = await aPayload(bench.store);
      await jobs.insert(aJob(), payload, aKey());
      const other = aJob();
      expect(await jobs.insert(other, payload, aKey({ fingerprint: 'other' }))).toEqual({ kind: 'mismatch' });
      expect(await jobs.get(other.id)).toBeUndefined();
    });

    it('keeps the keys of clients apart, whatever characters they are made of', async () => {
      const { jobs } = bench.store;
      const payload = await aPayload(bench.store);
      const keys = [
        aKey(),
        aKey({ client: 'other' }),
        aKey({ key: 'key\u0000a' }),
        aKey({ key: 'key\u0000b' }),
        aKey({ client: 'client","key', key: '' }),
      ];
      for (const key of keys) expect(await jobs.insert(aJob(), payload, key)).toEqual({ kind: 'inserted' });
      for (const key of keys) {
        expect(await jobs.findIdempotency(key.client, key.key, START)).toMatchObject(key);
      }
    });

    it('finds the job of a live key, and nothing once the key is over', async () => {
      const { jobs } = bench.store;
      const job = aJob();
      await jobs.insert(job, await aPayload(bench.store), aKey());
      const record = { ...aKey(), jobId: job.id };
      expect(await jobs.findIdempotency('client', 'key', START + DAY - 1)).toEqual(record);
      expect(await jobs.findIdempotency('client', 'key', START + DAY)).toBeUndefined();
      expect(await jobs.findIdempotency('client', 'none', START)).toBeUndefined();
    });

    it('takes a key that is over for another submission', async () => {
      const { jobs } = bench.store;
      const payload = await aPayload(bench.store);
      await jobs.insert(aJob(), payload, aKey());
      const early = aJob({ createdAt: START + DAY - 1 });
      const late = aJob({ createdAt: START + DAY });
      const key = aKey({ fingerprint: 'other', expiresAt: START + 2 * DAY });
      expect(await jobs.insert(early, payload, key)).toEqual({ kind: 'mismatch' });
      expect(await jobs.insert(late, payload, key)).toEqual({ kind: 'inserted' });
      expect(await jobs.findIdempotency('client', 'key', START + DAY)).toEqual({ ...key, jobId: late.id });
    });

    it('frees the key of a job that is removed', async () => {
      const { jobs } = bench.store;
      const payload = await aPayload(bench.store);
      const job = aJob();
      await jobs.insert(job, payload, aKey());
      await jobs.finish(await acquireJob(bench.store, job.id), aCancellation());
      await jobs.remove(job.id);
      expect(await jobs.findIdempotency('client', 'key', START)).toBeUndefined();
      expect(await jobs.insert(aJob(), payload, aKey({ fingerprint: 'other' }))).toEqual({
        kind: 'inserted',
      });
    });
  });
}
