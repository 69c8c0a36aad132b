import { describe, expect, it } from 'vitest';
import { readJob } from '../../src/models/read-job.ts';
import { checkGradients } from '../fixtures/on-kernels.ts';

const strategies = ['weight-perturbation', 'node-perturbation'] as const;

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
