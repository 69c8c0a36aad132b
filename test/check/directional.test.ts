import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CheckJob } from '../../src/check/check-job.ts';
import { CheckRun } from '../../src/check/check-run.ts';
import { compileJob } from '../../src/check/compile-job.ts';
import { SignVector } from '../../src/check/directional/sign-vector.ts';
import { createJobMemory } from '../../src/check/job-memory.ts';
import { planCheck } from '../../src/check/plan/check-plan.ts';
import type { ParameterReport, Report } from '../../src/check/report/report.ts';
import { type CheckSettings, defaultSettings } from '../../src/check/settings.ts';
import type { Shard, ShardResult } from '../../src/check/shard.ts';
import { GraphBuilder } from '../../src/graph/graph-builder.ts';
import { createRunner } from '../fixtures/on-kernels.ts';
import { arbitraryNetwork } from './arbitrary-network.ts';

/** W1 has 1,200 components, numbered from 0, and W2 800, numbered from 1,240; b1 lies between. */
const network = arbitraryNetwork.build({
  widths: [30, 40, 20, 5],
  activations: ['tanh', 'sigmoid', 'identity', 'identity'],
  loss: 'cross-entropy',
  examples: 12,
  penalty: true,
  residual: false,
  tied: false,
  seed: 3,
});

function by(strategy: CheckSettings['strategy'], job: CheckJob, more: Partial<CheckSettings> = {}): CheckJob {
  return { ...job, spec: { ...job.spec, settings: { ...job.spec.settings, ...more, strategy } } };
}

interface Running {
  readonly arrange?: (shards: readonly Shard[]) => readonly Shard[];
  readonly onResult?: (shard: Shard, result: ShardResult) => void;
}

/** Runs every stage, the shards of each in the order that `arrange` gives. */
function run(job: CheckJob, { arrange = (shards) => shards, onResult }: Running = {}): CheckRun {
  const check = new CheckRun(job);
  const slots = 3;
  const runner = createRunner(createJobMemory(job, slots));
  for (let plan = check.nextPlan(); plan !== undefined; plan = check.nextPlan()) {
    for (const [position, shard] of arrange(plan.shards).entries()) {
      const result = runner.run(shard, position % slots);
      if (result === undefined) throw new Error('cancelled');
      check.accept(result);
      check.accept(result);
      onResult?.(shard, result);
    }
  }
  return check;
}

const right = run(by('weight-perturbation', network)).numeric;

/** The network claiming its right gradient, apart from what `spoil` does to it. */
function claiming(spoil: (claimed: Float64Array) => void = () => undefined): CheckJob {
  const claimed = right.slice();
  spoil(claimed);
  return by('directional', { ...network, claimed });
}

function parameter(report: Report, name: string): ParameterReport {
  const found = report.parameters.find((each) => each.name === name);
  if (found === undefined) throw new Error(`there is no ${name}`);
  return found;
}

function failing(report: Report): number[][] {
  return report.parameters.flatMap(({ worst }) =>
    worst.filter(({ verdict }) => verdict === 'fail').map(({ index }) => [...index]),
  );
}

describe('a right gradient', () => {
  const check = run(claiming());
  const report = check.report(0);

  it('passes by its projections, no component having been looked at by itself', () => {
    expect(report.verdict).toBe('pass');
    expect(parameter(report, 'W1')).toMatchObject({
      verdict: 'pass',
      strategy: 'directional',
      components: { total: 1200, checked: 0, passed: 0 },
      directional: { vectors: 8, agreed: true, explained: true, evaluations: 32 },
      worst: [],
    });
    expect(check.numeric.subarray(0, 1200).every(Number.isNaN)).toBe(true);
  });

  it('is told what the check can have missed', () => {
    const { directional } = parameter(report, 'W1');
    expect(directional?.canMiss).toMatch(
      /^a single wrong component whose error is not over \S+; several errors that cancel/,
    );
    expect(report.warnings.map(({ code }) => code)).toEqual(['along-directions']);
  });

  it('has norms that are estimates of the norms over all components', () => {
    const norm = Math.hypot(...right.subarray(0, 1200));
    const { claimedNorm, numericNorm, relativeDifference } = parameter(report, 'W1');
    expect(Number(claimedNorm) / norm).toBeGreaterThan(0.4);
    expect(Number(claimedNorm) / norm).toBeLessThan(2);
    expect(Number(numericNorm) / Number(claimedNorm)).toBeCloseTo(1, 8);
    expect(relativeDifference).toBeLessThan(1e-8);
  });

  it('takes a parameter whose components are fewer than its directions would cost one by one', () => {
    expect(parameter(report, 'b1')).toMatchObject({
      strategy: 'weight-perturbation',
      components: { checked: 40, passed: 40 },
    });
  });

  it('takes fewer evaluations than were planned for weight-perturbation, and as many as were planned', () => {
    const plan = planCheck(claiming().spec);
    expect(report.plan).toEqual(plan);
    expect(report.evaluations).toBe(plan.evaluations);
    expect(report.evaluationsSaved).toBe(1 + 2 * network.theta.length - report.evaluations);
    expect(plan.evaluationsSaved).toBe(report.evaluationsSaved);
  });
});

describe('a wrong component', () => {
  it('is found wherever it is, alone, with its numeric value', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(['W1', 0, 1200] as const, ['W2', 1240, 800] as const),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        fc.constantFrom(1e-4, -0.01, 1, 1e3),
        fc.nat(1000),
        ([name, offset, size], place, error, seed) => {
          const wrong = offset + Math.floor(place * size);
          const job = claiming((claimed) => {
            claimed[wrong] += error;
          });
          const check = run(by('directional', job, { seed }));
          const report = check.report(0);
          const found = parameter(report, name);
          expect(found).toMatchObject({ verdict: 'fail', directional: { agreed: false, explained: true } });
          expect(found.components).toMatchObject({ failed: 1, inconclusive: 0 });
          expect(found.components.checked).toBeLessThanOrEqual(size / 4);
          expect(found.worst[0]).toMatchObject({ verdict: 'fail', numeric: right[wrong] });
          expect(check.numeric[wrong]).toBe(right[wrong]);
          expect(report.components.failed).toBe(1);
          expect(report.verdict).toBe('fail');
        },
      ),
      { numRuns: 25 },
    );
  });

  it('is found where its error is over the one that is said to be seen for certain, and not where it is far below', () => {
    const certain = Number(parameter(run(claiming()).report(0), 'W1').detectable);
    const withError = (error: number) =>
      run(
        claiming((claimed) => {
          claimed[77] += error;
        }),
      ).report(0);
    expect(parameter(withError(1.01 * certain), 'W1').verdict).toBe('fail');
    expect(parameter(withError(certain / 100), 'W1')).toMatchObject({
      verdict: 'pass',
      directional: { agreed: true },
    });
  });

  it('that is not a number fails by itself, and the others are checked all the same', () => {
    const report = run(
      claiming((claimed) => {
        claimed[5] = Number.NaN;
        claimed[700] = Number.POSITIVE_INFINITY;
        claimed[900] += 0.1;
      }),
    ).report(0);
    expect(failing(report)).toEqual(
      expect.arrayContaining([
        [0, 5],
        [17, 20],
        [22, 20],
      ]),
    );
    expect(parameter(report, 'W1')).toMatchObject({
      components: { failed: 3 },
      directional: { explained: true },
    });
  });
});

describe('several wrong components', () => {
  it('that cancel along one vector are found by the others', () => {
    const { seed } = network.spec.settings;
    const first = new SignVector(seed, 0, 0);
    const [a, b] = [10, 990];
    const job = claiming((claimed) => {
      claimed[a] += 0.01 * first.at(a);
      claimed[b] -= 0.01 * first.at(b);
    });
    const check = run(job);
    expect(failing(check.report(0))).toHaveLength(2);
    expect(parameter(check.report(0), 'W1').directional).toMatchObject({ explained: true });
  });

  it('that cancel within a half are found once those beside them are known', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.nat(1199), { minLength: 3, maxLength: 6 }),
        fc.nat(1000),
        (wrong, seed) => {
          const job = claiming((claimed) => {
            for (const component of wrong) claimed[component] += 0.02;
          });
          const report = run(by('directional', job, { seed })).report(0);
          const { components, directional } = parameter(report, 'W1');
          expect(report.verdict).toBe('fail');
          // It may be that some cancel along all vectors; what the report calls explained is all there is then.
          expect(components.failed === wrong.length || directional?.explained === true).toBe(true);
          expect(components.failed).toBeLessThanOrEqual(wrong.length);
          expect(components.failed).toBeGreaterThanOrEqual(1);
        },
      ),
      { numRuns: 20 },
    );
  });

  it.each([
    ['all wrong', (value: number) => 2 * value],
    ['never written', () => 0],
    ['every seventh wrong', (value: number, i: number) => value + (i % 7 === 0 ? 0.1 : 0)],
  ])('%s: they cost hardly more than weight-perturbation, and the parameter fails', (_, spoil) => {
    const job = claiming((claimed) => claimed.set(claimed.subarray(0, 1200).map(spoil)));
    let flops = 0;
    const check = run(job, {
      onResult: (shard) => {
        if (shard.stage === 'bisect') flops += shard.flops;
      },
    });
    const block = compileJob(job.spec).blocks.find(({ kind }) => kind === 'directions');
    if (block?.kind !== 'directions') throw new Error('W1 is not checked along directions');
    expect(flops).toBeLessThan(1.3 * 1200 * block.flopsPerComponent);
    const { components, directional, verdict } = parameter(check.report(0), 'W1');
    expect(verdict).toBe('fail');
    expect(components.failed).toBeGreaterThan(10);
    expect(directional).toMatchObject({ agreed: false });
  });

  it('are found whatever their sizes: a large error hides no small one', () => {
    const job = claiming((claimed) => {
      claimed[100] += 1e4;
      claimed[1100] += 0.02;
    });
    const report = run(job).report(0);
    expect(failing(report)).toEqual(
      expect.arrayContaining([
        [2, 20],
        [27, 20],
      ]),
    );
    expect(parameter(report, 'W1')).toMatchObject({
      components: { failed: 2 },
      directional: { explained: true },
    });
  });

  it('more than are followed are left, and the report says so', () => {
    const job = entangled(4096, 20_000);
    const report = run({ ...job, claimed: job.claimed.map((value) => 2 * value) }).report(0);
    const [{ verdict, components, directional }] = report.parameters;
    expect(verdict).toBe('fail');
    expect(components.failed).toBe(components.checked);
    expect(components.failed).toBeGreaterThanOrEqual(16);
    expect(components.failed).toBeLessThan(2048);
    expect(directional).toMatchObject({ agreed: false, explained: false });
    expect(directional?.canMiss).toMatch(
      /and, as what disagrees is not explained .* further wrong components$/,
    );
    // 16 parts, both halves of each, 12 times halved, each with 4 evaluations; once more, as the first pass is let end.
    expect(directional?.evaluations).toBeLessThan(32 + 2 * 4 * 2 * 16 * 12);
  });
});

/**
 * J = mean tanh(⟨w, x⟩ + a) over `rows` numbers a, with its right gradient: moving one component takes as much as
 * moving all of them.
 */
function entangled(size: number, rows: number): CheckJob {
  const graph = new GraphBuilder();
  const product = graph.apply('multiply', [graph.parameter('w', [size]), graph.data('x', [size])]);
  const dot = graph.apply('sum', [product], { axes: [0], keepDims: true });
  const outputs = graph.apply('tanh', [graph.apply('add', [dot, graph.data('a', [rows])])]);
  const cost = graph.apply('mean', [outputs], { axes: [0], keepDims: false });
  const x = Float64Array.from({ length: size }, (_, i) => Math.cos(i) / 8);
  const a = Float64Array.from({ length: rows }, (_, i) => Math.sin(i));
  const theta = Float64Array.from({ length: size }, (_, i) => Math.sin(3 * i));
  const at = x.reduce((sum, value, i) => sum + value * theta[i], 0);
  const slope = a.reduce((sum, value) => sum + 1 - Math.tanh(at + value) ** 2, 0) / rows;
  return {
    spec: {
      graph: graph.finish(cost),
      parameters: [{ name: 'w', shape: [size], offset: 0, size, claimedDtype: 'float64' }],
      data: [
        { name: 'x', shape: [size] },
        { name: 'a', shape: [rows] },
      ],
      settings: { ...defaultSettings, strategy: 'directional' },
      labels: {},
    },
    theta,
    claimed: x.map((value) => value * slope),
    data: [
      { shape: [size], dtype: 'float64', values: x },
      { shape: [rows], dtype: 'float64', values: a },
    ],
  };
}

describe('a report', () => {
  const wrong = claiming((claimed) => {
    claimed[3] += 0.01;
    claimed[808] += 0.5;
    claimed[1300] -= 0.02;
  });

  it('has the same bits in whatever order and slot the shards of each round ran', () => {
    const straight = run(wrong);
    const backwards = run(wrong, { arrange: (shards) => shards.toReversed() });
    expect(JSON.stringify(backwards.report(0))).toBe(JSON.stringify(straight.report(0)));
    expect(backwards.numeric).toEqual(straight.numeric);
    expect(straight.report(0).components.failed).toBe(3);
  });

  it('is the same when a check is gone on with from the results of some of its rounds', () => {
    const results: ShardResult[] = [];
    const whole = run(wrong, { onResult: (_, result) => results.push(result) });
    const rounds = results.filter(({ stage }) => stage === 'bisect');
    expect(rounds.length).toBeGreaterThan(4);
    for (const kept of [0, 1, 3, rounds.length]) {
      const resumed = new CheckRun(wrong);
      const runner = createRunner(createJobMemory(wrong, 1));
      let runs = 0;
      for (let plan = resumed.nextPlan(); plan !== undefined; plan = resumed.nextPlan()) {
        const stored =
          plan.stage === 'bisect'
            ? rounds.slice(0, kept)
            : results.filter(({ stage }) => stage === plan?.stage);
        for (const result of stored) resumed.accept(result);
        const known = new Set(stored.map(({ index }) => index));
        for (const shard of plan.shards) {
          if (known.has(shard.index)) continue;
          const result = runner.run(shard, 0);
          if (result !== undefined) resumed.accept(result);
          runs++;
        }
      }
      expect(runs).toBe(rounds.length - kept);
      expect(JSON.stringify(resumed.report(0))).toBe(JSON.stringify(whole.report(0)));
    }
  });
});

it('a vector that disagrees where no component is wrong by itself leaves the parameter undecided', () => {
  const job = entangled(4096, 20_000);
  const signs = new SignVector(0, 0, 0);
  const claimed = job.claimed.map((value, i) => value + 0.9e-6 * signs.at(i) * Math.abs(value));
  const report = run({ ...job, claimed }).report(0);
  expect(report).toMatchObject({
    verdict: 'inconclusive',
    components: { failed: 0, inconclusive: 0 },
    parameters: [{ directional: { agreed: false, explained: false } }],
  });
  expect(report.warnings.map(({ code }) => code)).toEqual(['along-directions', 'not-localised']);
});

describe('a gradient in float32', () => {
  it('passes where it is right, and fails in the component that is not', () => {
    const rounded = right.map(Math.fround);
    expect(parameter(run(by('directional', { ...network, claimed: rounded })).report(0), 'W1')).toMatchObject(
      {
        verdict: 'pass',
        precision: 'float32',
        components: { checked: 0 },
      },
    );
    const wrong = rounded.with(40, Math.fround(rounded[40] + 1));
    const report = run(by('directional', { ...network, claimed: wrong })).report(0);
    expect(failing(report)).toEqual([[1, 0]]);
  });
});

describe('a kink', () => {
  /** J = Σ relu(w − k), n components; the right gradient is 1 where w > k. */
  function hinges(theta: Float64Array, settings: Partial<CheckSettings> = {}): CheckJob {
    const size = theta.length;
    const graph = new GraphBuilder();
    const cost = graph.apply('sum', [graph.apply('relu', [graph.parameter('W', [size])])], {
      axes: [0],
      keepDims: false,
    });
    return {
      spec: {
        graph: graph.finish(cost),
        parameters: [{ name: 'W', shape: [size], offset: 0, size, claimedDtype: 'float64' }],
        data: [],
        settings: { ...defaultSettings, strategy: 'directional', ...settings },
        labels: {},
      },
      theta,
      claimed: theta.map((value) => (value > 0 ? 1 : 0)),
      data: [],
    };
  }
  const theta = Float64Array.from({ length: 20_000 }, (_, i) => (i % 2 === 0 ? 0.5 : -0.5));

  it('that is crossed by the usual step is stepped around', () => {
    const near = theta.slice();
    near[777] = 1e-8;
    const report = run(hinges(near)).report(0);
    expect(parameter(report, 'W')).toMatchObject({
      strategy: 'directional',
      verdict: 'pass',
      components: { checked: 0 },
    });
    expect(parameter(report, 'W').directional?.evaluations).toBeGreaterThan(32);
  });

  it('exactly at θ is judged by itself: a subgradient passes', () => {
    const at = theta.slice();
    at[777] = 0;
    const report = run(hinges(at)).report(0);
    expect(parameter(report, 'W')).toMatchObject({
      strategy: 'directional',
      verdict: 'pass',
      components: { failed: 0, inconclusive: 0, kinks: 1 },
      directional: { agreed: false, explained: true },
    });
  });

  it('that every vector crosses is said to hide what lies between its slopes', () => {
    const at = theta.slice();
    at[777] = 0;
    const job = hinges(at);
    job.claimed[777] = 0.5;
    const { directional } = parameter(run(job).report(0), 'W');
    expect(directional).toMatchObject({ agreed: true });
    expect(directional?.canMiss).toMatch(
      /; and, as 8 of 8 vectors cross a kink with every step, an error that stays between the slopes of its sides$/,
    );
    expect(parameter(run(hinges(theta)).report(0), 'W').directional?.canMiss).not.toContain('kink');
  });

  it('does not hide a wrong component beside it', () => {
    const at = theta.slice();
    at[777] = 0;
    const job = hinges(at);
    job.claimed[4000] = 1.25;
    const report = run(job).report(0);
    expect(report.verdict).toBe('fail');
    expect(failing(report)).toEqual([[4000]]);
  });
});
