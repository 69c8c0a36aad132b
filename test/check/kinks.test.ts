import { describe, expect, it } from 'vitest';
import { strategies } from '../../src/check/settings.ts';
import { readJob } from '../../src/models/read-job.ts';
import { checkGradients } from '../fixtures/on-kernels.ts';

async function verdictOn(
  cost: string,
  parameters: Record<string, unknown>,
  gradients: Record<string, unknown>,
  strategy: string,
) {
  const outcome = readJob({
    model: { format: 'expression', cost },
    parameters,
    gradients,
    check: { strategy },
  });
  if (outcome.kind !== 'job') throw new Error(JSON.stringify(outcome.faults));
  const { verdict, parameters: reports } = await checkGradients(outcome.job);
  return { verdict, flags: reports[0].worst[0].flags };
}

describe.each(strategies)('exactly at a kink, by %s', (strategy) => {
  it.each([0, 0.5, 1])('relu at 0 may have any slope between those of its sides: %d', async (claimed) => {
    expect(await verdictOn('relu(x)', { x: 0 }, { x: claimed }, strategy)).toEqual({
      verdict: 'pass',
      flags: ['kink'],
    });
  });

  it.each([2, -1])('relu at 0 may have no other: %d', async (claimed) => {
    expect((await verdictOn('relu(x)', { x: 0 }, { x: claimed }, strategy)).verdict).toBe('fail');
  });

  it.each([
    [-1, 'pass'],
    [0, 'pass'],
    [1, 'pass'],
    [2, 'fail'],
  ])('abs at 0 may be claimed to have slope %d: %s', async (claimed, verdict) => {
    expect((await verdictOn('abs(x)', { x: 0 }, { x: claimed }, strategy)).verdict).toBe(verdict);
  });

  it('a tie of max may be given to either side, and not to both', async () => {
    const tie = (x: number) =>
      verdictOn('maximum(x, 1) + 0 * x', { x: 1 }, { x }, strategy).then(({ verdict }) => verdict);
    expect(await tie(0)).toBe('pass');
    expect(await tie(1)).toBe('pass');
    expect(await tie(2)).toBe('fail');
  });

  it('kinks that cancel leave a claimed 0 open, as frameworks claim it', async () => {
    const cancelled = (x: number) => verdictOn('relu(x) - relu(-x)', { x: 0 }, { x }, strategy);
    expect(await cancelled(0)).toEqual({ verdict: 'inconclusive', flags: ['kink'] });
    expect((await cancelled(1)).verdict).toBe('pass');
  });

  it('a component whose step straddles a kink is not called wrong', async () => {
    for (const x of [1e-6, -1e-6, 5e-6, 1e-7]) {
      expect(await verdictOn('relu(x)', { x }, { x: x > 0 ? 1 : 0 }, strategy), `x = ${x}`).toMatchObject({
        verdict: 'pass',
        flags: x > 0 ? [] : ['vacuous'],
      });
    }
  });
});

/** Products of these with each other add up to exactly 0, and there are enough of them for every strategy to be used. */
const inputs = Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? 1 : -1) * (1 + ((i >> 1) % 4)));
const weights = inputs.map((_, i) => 0.5 + ((i >> 1) % 3) / 4);

/** On a layer of one unit whose inputs are weighed to a sum of exactly 0, each claimed to have `slope` times its input. */
async function layerVerdict(cost: string, slope: number, strategy: string) {
  const outcome = readJob({
    model: { format: 'expression', cost },
    data: { x: inputs.map((input) => [input]) },
    parameters: { w: [weights] },
    gradients: { w: [inputs.map((input) => slope * input)] },
    check: { strategy },
  });
  if (outcome.kind !== 'job') throw new Error(JSON.stringify(outcome.faults));
  const { verdict, parameters } = await checkGradients(outcome.job);
  expect(parameters[0].strategy).toBe(strategy);
  return verdict;
}

describe.each(strategies)('a layer exactly at a kink, by %s', (strategy) => {
  it.each<[cost: string, verdicts: Record<string, readonly number[]>]>([
    ['sum(relu(w @ x))', { pass: [0, 0.5, 1], fail: [2, -1] }],
    ['sum(abs(w @ x))', { pass: [-1, 0, 1], fail: [2, -2] }],
    ['sum(maximum(w @ x, 0))', { pass: [0, 0.3, 1], fail: [2, -1] }],
    ['max(concatenate([w @ x, 0 * (w @ x)]))', { pass: [0, 0.5, 1], fail: [2, -1] }],
    ['sum(clip(w @ x, 0, 1))', { pass: [0, 0.5, 1], fail: [2, -1] }],
    ['sum(relu(w @ x) - relu(-(w @ x)))', { pass: [1], inconclusive: [0, 2] }],
  ])('of %s may have any slope between those of its sides', async (cost, verdicts) => {
    for (const [verdict, slopes] of Object.entries(verdicts))
      for (const slope of slopes) expect(await layerVerdict(cost, slope, strategy), `${slope}`).toBe(verdict);
  });

  it.each([1e-6, 1e-7, 3e-8])(
    'that is not: %d beside it only the slope on its own side is right',
    async (near) => {
      expect(await layerVerdict(`sum(relu(w @ x + ${near}))`, 1, strategy)).toBe('pass');
      expect(await layerVerdict(`sum(relu(w @ x + ${near}))`, 0, strategy)).toBe('fail');
      // Half of both slopes is what the vectors of directional find as well, and its report says that they cross a kink.
      if (strategy !== 'directional')
        expect(await layerVerdict(`sum(relu(w @ x + ${near}))`, 0.5, strategy)).toBe('fail');
      expect(await layerVerdict(`sum(relu(w @ x - ${near}))`, 0, strategy)).toBe('pass');
      expect(await layerVerdict(`sum(relu(w @ x - ${near}))`, 1, strategy)).toBe('fail');
    },
  );
});
