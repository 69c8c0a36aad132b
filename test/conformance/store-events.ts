import { describe, expect, it } from 'vitest';
import type { StoreBench } from './store-bench.ts';
import {
  aCancellation,
  acquireJob,
  anEnding,
  aParameterEvent,
  aReport,
  runningJob,
  START,
} from './store-fixtures.ts';

export function eventConformance(bench: StoreBench): void {
  describe('events', () => {
    it('numbers the events of each job 1, 2, 3 without gaps, also when many are appended at once', async () => {
      const { jobs } = bench.store;
      const leases = [
        await runningJob(bench.store),
        await runningJob(bench.store),
        await runningJob(bench.store),
      ];
      const appended = await Promise.all(
        Array.from({ length: 300 }, (_, i) => jobs.appendEvent(leases[i % 3], aParameterEvent(`W${i}`))),
      );
      for (const [j, lease] of leases.entries()) {
        const events = await jobs.events(lease.jobId, 0, 1000);
        expect(events.map(({ id }) => id)).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
        expect(appended.filter((_, i) => i % 3 === j)).toEqual(events);
        expect(events.map(({ data }) => JSON.parse(data).name)).toEqual(
          Array.from({ length: 100 }, (_, i) => `W${i * 3 + j}`),
        );
      }
    });

    it('leaves no gap where a write of a lost lease was refused', async () => {
      const { jobs } = bench.store;
      const old = await runningJob(bench.store);
      await jobs.appendEvent(old, aParameterEvent('W1'));
      const lease = await acquireJob(bench.store, old.jobId, 'other', START + 10_000);
      const appended = await Promise.all([
        jobs.appendEvent(old, aParameterEvent('lost')),
        jobs.appendEvent(lease, aParameterEvent('W2')),
        jobs.appendEvent(old, aParameterEvent('lost')),
      ]);
      expect(appended).toEqual([undefined, expect.objectContaining({ id: 2 }), undefined]);
      const events = await jobs.events(lease.jobId, 0, 10);
      expect(events.map(({ id, data }) => [id, JSON.parse(data).name])).toEqual([
        [1, 'W1'],
        [2, 'W2'],
      ]);
    });

    it('gives the events after a number, at most as many as asked for', async () => {
      const lease = await runningJob(bench.store);
      for (let i = 1; i <= 5; i++) await bench.store.jobs.appendEvent(lease, aParameterEvent(`W${i}`));
      const ids = async (after: number, limit: number) =>
        (await bench.store.jobs.events(lease.jobId, after, limit)).map(({ id }) => id);
      expect(await ids(0, 2)).toEqual([1, 2]);
      expect(await ids(2, 2)).toEqual([3, 4]);
      expect(await ids(4, 2)).toEqual([5]);
      expect(await ids(5, 2)).toEqual([]);
    });

    it('tells the newest event, and whether it ends the job', async () => {
      const { jobs } = bench.store;
      const lease = await runningJob(bench.store);
      expect(await jobs.lastEvent(lease.jobId)).toEqual({ id: 0, isTerminal: false });
      await jobs.appendEvent(lease, aParameterEvent('W1'));
      expect(await jobs.lastEvent(lease.jobId)).toEqual({ id: 1, isTerminal: false });
      await jobs.finish(lease, anEnding({ events: [aParameterEvent('W2'), ...anEnding().events] }));
      expect(await jobs.lastEvent(lease.jobId)).toEqual({ id: 3, isTerminal: true });
      expect(await jobs.lastEvent('none')).toBeUndefined();
    });

    it('gives some of the events that were stored together', async () => {
      const { jobs } = bench.store;
      const lease = await runningJob(bench.store);
      const earlier = [1, 2, 3, 4].map((i) => aParameterEvent(`W${i}`));
      const stored =
        (await jobs.finish(lease, anEnding({ events: [...earlier, ...anEnding().events] }))) ?? [];
      expect(stored.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5]);
      for (const after of [0, 1, 2, 3, 4, 5]) {
        for (const limit of [1, 2, 3, 9]) {
          expect(await jobs.events(lease.jobId, after, limit)).toEqual(stored.slice(after, after + limit));
        }
      }
    });

    it('stores the events of an ending under the next numbers, the terminal one last', async () => {
      const { jobs } = bench.store;
      const lease = await runningJob(bench.store);
      await jobs.appendEvent(lease, aParameterEvent('W1'));
      const earlier = [aParameterEvent('b1'), aParameterEvent('W2')];
      const stored = await jobs.finish(lease, anEnding({ events: [...earlier, ...anEnding().events] }));
      expect(stored).toEqual([
        { id: 2, type: 'parameter', data: earlier[0].data },
        { id: 3, type: 'parameter', data: earlier[1].data },
        { id: 4, type: 'report', data: JSON.stringify(aReport()) },
      ]);
      expect(await jobs.events(lease.jobId, 1, 10)).toEqual(stored);
    });

    it('stores the terminal event of a job without a report', async () => {
      const lease = await runningJob(bench.store);
      await bench.store.jobs.finish(lease, aCancellation());
      expect(await bench.store.jobs.events(lease.jobId, 0, 10)).toEqual([
        { id: 1, type: 'cancelled', data: '{}' },
      ]);
    });

    it('ends a job once, however often it is asked to at once', async () => {
      const lease = await runningJob(bench.store);
      const endings = await Promise.all(
        Array.from({ length: 10 }, () => bench.store.jobs.finish(lease, anEnding())),
      );
      expect(endings.filter((ending) => ending !== undefined)).toHaveLength(1);
      expect(await bench.store.jobs.events(lease.jobId, 0, 10)).toHaveLength(1);
    });
  });
}
