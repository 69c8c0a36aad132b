import { describe, expect, it } from 'vitest';
import type { Lease } from '../../src/jobs/store/job-store.ts';
import { noTraits } from '../fixtures/no-traits.ts';
import type { StoreBench } from './store-bench.ts';
import {
  acquireJob,
  anEnding,
  aParameterEvent,
  endedJob,
  insertJob,
  runningJob,
  START,
} from './store-fixtures.ts';

export function leaseConformance(bench: StoreBench): void {
  /** Every write that bears a lease, and whether it was taken. */
  async function tryWrites(lease: Lease): Promise<boolean[]> {
    const { jobs } = bench.store;
    const progress = { stage: 'sweep', completed: 2, total: 3 } as const;
    const result = {
      stage: 'prepare',
      index: 0,
      noise: [{ deviation: 1e-16, scale: 1 }],
      origin: { cost: 1, traits: noTraits },
      evaluations: 1,
    } as const;
    return [
      await jobs.renew(lease, START + 77_000),
      await jobs.start(lease, START + 5),
      await jobs.putShardResult(lease, result, progress),
      (await jobs.appendEvent(lease, aParameterEvent('W1'))) !== undefined,
      (await jobs.finish(lease, anEnding({ finishedAt: START + 6 }))) !== undefined,
      await jobs.release(lease),
    ];
  }

  /** Nothing may have come of writes that were refused. */
  async function expectUntouched(id: string, act: () => Promise<unknown>): Promise<void> {
    const { jobs } = bench.store;
    const before = [await jobs.get(id), await jobs.events(id, 0, 10), await jobs.shardResults(id, 'prepare')];
    await act();
    expect([
      await jobs.get(id),
      await jobs.events(id, 0, 10),
      await jobs.shardResults(id, 'prepare'),
    ]).toEqual(before);
  }

  describe('leases', () => {
    it('gives a free job to whoever asks first', async () => {
      const { id } = await insertJob(bench.store);
      const taken = await bench.store.jobs.acquire(id, 'A', START, START + 1000);
      expect(taken?.lease).toEqual({ jobId: id, owner: 'A', fence: 1 });
      expect(taken?.job).toMatchObject({ id, owner: 'A', fence: 1, leaseUntil: START + 1000 });
      expect(await bench.store.jobs.acquire(id, 'B', START + 999, START + 2000)).toBeUndefined();
    });

    it('gives one of many that ask at once the lease', async () => {
      const { id } = await insertJob(bench.store);
      const owners = Array.from({ length: 20 }, (_, i) => `owner ${i}`);
      const taken = await Promise.all(
        owners.map((owner) => bench.store.jobs.acquire(id, owner, START, START + 1000)),
      );
      expect(taken.filter((each) => each !== undefined)).toHaveLength(1);
    });

    it('gives the lease to another when it is over, with a larger fence', async () => {
      const { id } = await insertJob(bench.store);
      const first = await bench.store.jobs.acquire(id, 'A', START, START + 1000);
      const second = await bench.store.jobs.acquire(id, 'B', START + 1000, START + 2000);
      expect(second?.lease.fence).toBeGreaterThan(first?.lease.fence ?? Number.POSITIVE_INFINITY);
    });

    it('gives its owner a new lease with a larger fence, and ends the old one', async () => {
      const { id } = await insertJob(bench.store);
      const first = await acquireJob(bench.store, id, 'A');
      const second = await acquireJob(bench.store, id, 'A');
      expect(second.fence).toBeGreaterThan(first.fence);
      expect(await bench.store.jobs.renew(first, START + 1)).toBe(false);
      expect(await bench.store.jobs.renew(second, START + 1)).toBe(true);
    });

    it('counts a lease that the job was stored with', async () => {
      const { id } = await insertJob(bench.store, { owner: 'A', fence: 1, leaseUntil: START + 1000 });
      expect(await bench.store.jobs.acquire(id, 'B', START, START + 9)).toBeUndefined();
      expect(await bench.store.jobs.start({ jobId: id, owner: 'A', fence: 1 }, START)).toBe(true);
    });

    it('takes every write that bears the newest lease', async () => {
      const lease = await runningJob(bench.store);
      // The job has ended by the last: there is nothing to give back any more.
      expect(await tryWrites(lease)).toEqual([true, true, true, true, true, false]);
    });

    it('refuses every write of a lease that another process has taken over', async () => {
      const old = await runningJob(bench.store);
      await acquireJob(bench.store, old.jobId, 'other', START + 10_000);
      await expectUntouched(old.jobId, async () => expect(await tryWrites(old)).not.toContain(true));
    });

    it('refuses a write with the right fence and the wrong owner', async () => {
      const lease = await runningJob(bench.store);
      const forged = { ...lease, owner: 'other' };
      await expectUntouched(lease.jobId, async () => expect(await tryWrites(forged)).not.toContain(true));
    });

    it('refuses every write to a job that has ended', async () => {
      const lease = await runningJob(bench.store);
      await bench.store.jobs.finish(lease, anEnding());
      await expectUntouched(lease.jobId, async () => expect(await tryWrites(lease)).not.toContain(true));
      expect(await bench.store.jobs.acquire(lease.jobId, 'B', START + 1e6, START + 2e6)).toBeUndefined();
    });

    it('refuses every write to a job that was removed', async () => {
      const lease = await runningJob(bench.store);
      await bench.store.jobs.finish(lease, anEnding());
      await bench.store.jobs.remove(lease.jobId);
      expect(await tryWrites(lease)).not.toContain(true);
    });

    it('lets go of a lease that is given back', async () => {
      const lease = await runningJob(bench.store);
      expect(await bench.store.jobs.release(lease)).toBe(true);
      await expectUntouched(lease.jobId, async () => expect(await tryWrites(lease)).not.toContain(true));
      const next = await acquireJob(bench.store, lease.jobId, 'B', START);
      expect(next.fence).toBeGreaterThan(lease.fence);
    });

    it('lists the jobs to be had, oldest first', async () => {
      const { jobs } = bench.store;
      const third = await insertJob(bench.store, { createdAt: START + 3 });
      const first = await insertJob(bench.store, { createdAt: START + 1 });
      const second = await insertJob(bench.store, { createdAt: START + 1 });
      const held = await runningJob(bench.store, { createdAt: START });
      await endedJob(bench.store, { createdAt: START });
      const ids = async (now: number, limit: number) =>
        (await jobs.claimable(now, limit)).map(({ id }) => id);
      expect(await ids(START + 5, 10)).toEqual([first.id, second.id, third.id]);
      expect(await ids(START + 5, 2)).toEqual([first.id, second.id]);
      expect(await ids(START + 10_000, 10)).toEqual([held.jobId, first.id, second.id, third.id]);
    });

    it('keeps a renewed lease until its new time', async () => {
      const lease = await runningJob(bench.store);
      await bench.store.jobs.renew(lease, START + 20_000);
      expect(await bench.store.jobs.claimable(START + 19_999, 10)).toEqual([]);
      expect(await bench.store.jobs.claimable(START + 20_000, 10)).toHaveLength(1);
    });
  });
}
