import { describe, expect, it } from 'vitest';
import type { SweepResult } from '../../src/check/shard.ts';
import { noTraits } from '../fixtures/no-traits.ts';
import type { StoreBench } from './store-bench.ts';
import { anEnding, runningJob } from './store-fixtures.ts';

function aSweep(index: number, values: number[]): SweepResult {
  const components = { kind: 'blocks', start: 0, count: values.length, blocks: 1, stride: 0 } as const;
  return {
    stage: 'sweep',
    index,
    entries: [
      {
        parameter: 0,
        components,
        numeric: Float64Array.from(values),
        role: 'value',
        crossed: Uint32Array.of(0),
      },
    ],
    evaluations: 2 * values.length,
  };
}

const progress = (completed: number) => ({ stage: 'sweep', completed, total: 300 }) as const;

export function shardResultConformance(bench: StoreBench): void {
  describe('shard results', () => {
    it('gives back the results of a stage in shard order, whatever order they came in', async () => {
      const lease = await runningJob(bench.store);
      const order = [11, 3, 0, 7, 1, 100, 2];
      await Promise.all(
        order.map((i) => bench.store.jobs.putShardResult(lease, aSweep(i, [i]), progress(i))),
      );
      const prepare = {
        stage: 'prepare',
        index: 0,
        noise: [{ deviation: 1e-16, scale: 1 }],
        origin: { cost: Number.NEGATIVE_INFINITY, traits: noTraits },
        evaluations: 1,
      } as const;
      await bench.store.jobs.putShardResult(lease, prepare, progress(0));
      const results = await bench.store.jobs.shardResults(lease.jobId, 'sweep');
      expect(results).toEqual([0, 1, 2, 3, 7, 11, 100].map((i) => aSweep(i, [i])));
      expect(await bench.store.jobs.shardResults(lease.jobId, 'prepare')).toEqual([prepare]);
    });

    it('keeps the first result of a shard that is stored again, and the progress', async () => {
      const { jobs } = bench.store;
      const lease = await runningJob(bench.store);
      expect(await jobs.putShardResult(lease, aSweep(0, [1]), progress(1))).toBe(true);
      const before = await jobs.get(lease.jobId);
      expect(await jobs.putShardResult(lease, aSweep(0, [2, 3]), progress(5))).toBe(true);
      expect(await jobs.shardResults(lease.jobId, 'sweep')).toEqual([aSweep(0, [1])]);
      expect(await jobs.get(lease.jobId)).toEqual({ ...before, progress: progress(5) });
    });

    it('tells the points of a job apart, the first where none is named', async () => {
      const { jobs } = bench.store;
      const lease = await runningJob(bench.store);
      expect(await jobs.putShardResult(lease, aSweep(0, [1]), progress(1))).toBe(true);
      expect(await jobs.putShardResult(lease, aSweep(0, [2, 3]), progress(2), 2)).toBe(true);
      expect(await jobs.putShardResult(lease, aSweep(1, [4]), progress(3), 2)).toBe(true);
      const before = await jobs.get(lease.jobId);
      expect(await jobs.putShardResult(lease, aSweep(1, [5]), progress(3), 2)).toBe(true);
      expect(await jobs.get(lease.jobId)).toEqual(before);
      expect(await jobs.shardResults(lease.jobId, 'sweep')).toEqual([aSweep(0, [1])]);
      expect(await jobs.shardResults(lease.jobId, 'sweep', 1)).toEqual([aSweep(0, [1])]);
      expect(await jobs.shardResults(lease.jobId, 'sweep', 2)).toEqual([aSweep(0, [2, 3]), aSweep(1, [4])]);
      expect(await jobs.shardResults(lease.jobId, 'sweep', 3)).toEqual([]);
      await jobs.finish(lease, anEnding());
      expect(await jobs.shardResults(lease.jobId, 'sweep', 2)).toEqual([]);
    });

    it('keeps every bit of the numbers', async () => {
      const bits = new BigUint64Array([
        0x7ff8_0000_dead_beefn,
        0xfff0_0000_0000_0001n,
        0x8000_0000_0000_0000n,
        1n,
      ]);
      const numeric = new Float64Array(bits.buffer);
      const lease = await runningJob(bench.store);
      const components = { kind: 'list', indices: Uint32Array.of(4_294_967_295, 0, 9, 1) } as const;
      const entries = [
        { parameter: 2, components, numeric, role: 'audit' as const, crossed: new Uint32Array(0) },
      ];
      await bench.store.jobs.putShardResult(
        lease,
        { stage: 'sweep', index: 0, entries, evaluations: 8 },
        progress(1),
      );
      const [result] = await bench.store.jobs.shardResults(lease.jobId, 'sweep');
      if (result.stage !== 'sweep') throw new Error('A sweep was stored.');
      expect(result.entries[0].components).toEqual(components);
      expect(new BigUint64Array(result.entries[0].numeric.slice().buffer)).toEqual(bits);
    });

    it('reads many and large results in order', async () => {
      const lease = await runningJob(bench.store);
      const results = Array.from({ length: 40 }, (_, i) =>
        aSweep(i, new Array(i % 7 === 0 ? 150_000 : 3).fill(i)),
      );
      await Promise.all(results.map((result) => bench.store.jobs.putShardResult(lease, result, progress(1))));
      const stored = await bench.store.jobs.shardResults(lease.jobId, 'sweep');
      expect(stored.map(({ index }) => index)).toEqual(results.map(({ index }) => index));
      for (const result of stored) {
        if (result.stage !== 'sweep') throw new Error('Sweeps were stored.');
        const { numeric } = result.entries[0];
        expect(numeric.length).toBe(result.index % 7 === 0 ? 150_000 : 3);
        expect(numeric.every((value) => value === result.index)).toBe(true);
      }
    });

    it('drops the results of a job that ends', async () => {
      const lease = await runningJob(bench.store);
      await bench.store.jobs.putShardResult(lease, aSweep(0, [1]), progress(1));
      await bench.store.jobs.finish(lease, anEnding());
      expect(await bench.store.jobs.shardResults(lease.jobId, 'sweep')).toEqual([]);
    });
  });
}
