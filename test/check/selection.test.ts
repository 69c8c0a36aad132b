import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CheckSpec } from '../../src/check/check-job.ts';
import { type ComponentRun, selectedRuns } from '../../src/check/plan/selection.ts';
import { countComponents, sliceRuns } from '../../src/check/plan/sweep-block.ts';
import { type ComponentSelection, defaultSettings } from '../../src/check/settings.ts';
import { GraphBuilder } from '../../src/graph/graph-builder.ts';

function spec(sizes: readonly number[], components: ComponentSelection, seed = 0): CheckSpec {
  const graph = new GraphBuilder();
  let offset = 0;
  const parameters = sizes.map((size, i) => {
    offset += size;
    return { name: `p${i}`, shape: [size], offset: offset - size, size, claimedDtype: 'float64' as const };
  });
  return {
    graph: graph.finish(graph.scalar(0)),
    parameters,
    data: [],
    settings: { ...defaultSettings, components, seed },
    labels: {},
  };
}

function chosen(of: CheckSpec): number[] {
  return componentsOf(selectedRuns(of));
}

function componentsOf(runs: readonly ComponentRun[]): number[] {
  return runs.flatMap(({ start, count }) => Array.from({ length: count }, (_, i) => start + i));
}

const sizes = fc
  .array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 6 })
  .filter((list) => list.some((size) => size > 0));

describe('the components that a job asks for', () => {
  it('are all of θ in order by default', () => {
    expect(chosen(spec([3, 0, 2], 'all'))).toEqual([0, 1, 2, 3, 4]);
  });

  it('are those of the parameters named', () => {
    expect(chosen(spec([2, 3, 2], { parameters: ['p2', 'p0'] }))).toEqual([0, 1, 5, 6]);
  });

  it('are single ones, in order, however they are named', () => {
    expect(chosen(spec([2, 3, 2], { only: ['p2[1]', 'p0[0]', 'p1[2]'] }))).toEqual([0, 4, 6]);
    const matrix = spec([6], { only: ['p0[1,2]', 'p0[0,1]'] });
    const parameters = matrix.parameters.map((parameter) => ({ ...parameter, shape: [2, 3] }));
    expect(chosen({ ...matrix, parameters })).toEqual([1, 5]);
  });

  it('of a sample are as many as asked for, different, ascending, and the same for the same seed', () => {
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 300 }), fc.nat(), (list, sample, seed) => {
        const total = list.reduce((sum, size) => sum + size, 0);
        const first = chosen(spec(list, { sample }, seed));
        const filled = list.filter((size) => size > 0).length;
        expect(first).toHaveLength(Math.min(total, Math.max(sample, filled)));
        expect([...new Set(first)].sort((a, b) => a - b)).toEqual(first);
        expect(chosen(spec(list, { sample }, seed))).toEqual(first);
      }),
    );
  });

  it('of a sample lie in every parameter', () => {
    fc.assert(
      fc.property(sizes, fc.nat(), (list, seed) => {
        const of = spec(list, { sample: 20 }, seed);
        const reached = new Set(selectedRuns(of).map((run) => run.parameter));
        expect([...reached]).toEqual(list.flatMap((size, i) => (size > 0 ? [i] : [])));
      }),
    );
  });

  it('of two seeds differ', () => {
    const of = (seed: number) => chosen(spec([1000], { sample: 20 }, seed));
    expect(of(1)).not.toEqual(of(2));
  });
});

it('any range of a list of runs covers the components at its place', () => {
  fc.assert(
    fc.property(sizes, fc.nat(50), fc.nat(50), fc.boolean(), (list, start, count, sampled) => {
      const of = spec(list, sampled ? { sample: 15 } : 'all');
      const runs = selectedRuns(of);
      const from = Math.min(start, countComponents(runs));
      const taken = Math.min(count, countComponents(runs) - from);
      const slice = componentsOf(sliceRuns(runs, from, taken));
      expect(slice).toEqual(chosen(of).slice(from, from + taken));
    }),
  );
});
