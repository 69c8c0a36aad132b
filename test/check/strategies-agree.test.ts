import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CheckJob } from '../../src/check/check-job.ts';
import { strategies } from '../../src/check/settings.ts';
import { checkBy } from '../fixtures/right-gradient.ts';
import { backpropagate } from '../generated/reverse-mode.ts';
import { arbitraryNetwork } from './arbitrary-network.ts';
import { NaiveDifferences } from './naive-differences.ts';

function largestOf(values: Float64Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

/** Networks without kinks, whose differences of every order mean something. */
const smooth = arbitraryNetwork.recipe.map((recipe) => ({
  ...recipe,
  activations: recipe.activations.map((kind) => (kind === 'relu' ? 'softplus' : kind)),
}));

/** Layers wide enough for directions to be worth while. */
const wide = arbitraryNetwork.recipe.map((recipe) => ({
  ...recipe,
  widths: recipe.widths.slice(0, 4).map((width) => 4 * width + 2),
}));

describe('on random graphs', () => {
  it('weight-perturbation is the naive difference of whole evaluations, within rounding, kinks or not', () => {
    fc.assert(
      fc.property(arbitraryNetwork.recipe, fc.constantFrom(1e-2, 1e-4), (recipe, step) => {
        const plain = arbitraryNetwork.build(recipe);
        const settings = { ...plain.spec.settings, epsilon: step };
        const job: CheckJob = { ...plain, spec: { ...plain.spec, settings } };
        const naive = new NaiveDifferences(job);
        const bound = (1e-13 * Math.max(1, Math.abs(naive.cost))) / step;
        checkBy('weight-perturbation', job).numeric.forEach((value, component) => {
          const difference = Math.abs(value - naive.central(component, step));
          expect(difference, `component ${component}`).toBeLessThanOrEqual(bound);
        });
      }),
      { numRuns: 40 },
    );
  });

  it('weight- and node-perturbation agree with five-point differences, and with each other within the stated bound', () => {
    fc.assert(
      fc.property(smooth, (recipe) => {
        const job = arbitraryNetwork.build(recipe);
        const naive = new NaiveDifferences(job);
        const weight = checkBy('weight-perturbation', job).numeric;
        const check = checkBy('node-perturbation', job);
        const scale = Math.max(1, Math.abs(naive.cost), largestOf(weight));
        for (const { audit, strategy } of check.report(0).parameters) {
          if (audit?.agreed === false) expect(strategy).toBe('weight-perturbation');
          else if (audit !== undefined) expect(audit.maxDifference).toBeLessThanOrEqual(Number(audit.bound));
        }
        weight.forEach((value, component) => {
          const exact = naive.fivePoint(component, 1e-3);
          expect(Math.abs(value - exact), `component ${component}`).toBeLessThanOrEqual(1e-8 * scale);
          const byNode = check.numeric[component];
          expect(Math.abs(byNode - exact), `component ${component}`).toBeLessThanOrEqual(1e-8 * scale);
        });
      }),
      { numRuns: 40 },
    );
  });

  it('every strategy passes the right gradient, and finds a single wrong component and no other', () => {
    fc.assert(
      fc.property(
        wide,
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        fc.constantFrom(1, -1, 0.01),
        (recipe, place, size) => {
          const job = arbitraryNetwork.build(recipe);
          const right = backpropagate(job);
          const wrong = right.slice();
          const component = Math.floor(place * wrong.length);
          wrong[component] += size * Math.max(1, largestOf(right));
          for (const strategy of strategies) {
            expect(checkBy(strategy, { ...job, claimed: right }).report(0).verdict, strategy).toBe('pass');
            const check = checkBy(strategy, { ...job, claimed: wrong });
            const { components, parameters } = check.report(0);
            expect(components, strategy).toMatchObject({ failed: 1 });
            expect(check.numeric[component], strategy).toBeCloseTo(right[component], 6);
            const position = job.spec.parameters.findLastIndex(({ offset }) => offset <= component);
            expect(parameters[position], strategy).toMatchObject({ verdict: 'fail' });
          }
        },
      ),
      { numRuns: 25 },
    );
  });
});

describe('a parameter', () => {
  const job = arbitraryNetwork.build({
    widths: [12, 12, 6],
    activations: ['tanh', 'identity', 'identity', 'identity'],
    loss: 'logistic',
    examples: 5,
    penalty: false,
    residual: false,
    tied: true,
    shared: true,
    strangers: true,
    seed: 8,
  });
  const naive = new NaiveDifferences(job);
  const exact = job.theta.map((_, component) => naive.fivePoint(component, 1e-3));

  it.each(
    strategies.flatMap((strategy) =>
      [
        ['used in two layers and in the penalty', 'W1'],
        ['that enters J through its penalty alone', 'alone'],
        ['that does not reach J', 'unread'],
      ].map(([what, name]) => [what, strategy, name] as const),
    ),
  )('%s passes by %s where it is right, and fails where it is wrong', (_, strategy, name) => {
    const position = job.spec.parameters.findIndex((parameter) => parameter.name === name);
    const { offset, size } = job.spec.parameters[position];
    const verdictOf = (claimed: Float64Array) =>
      checkBy(strategy, { ...job, claimed }).report(0).parameters[position].verdict;
    expect(verdictOf(exact)).toBe('pass');
    expect(verdictOf(exact.with(offset + size - 1, exact[offset + size - 1] + 0.01))).toBe('fail');
  });

  it('that does not reach J has a numeric gradient of exactly 0', () => {
    const { offset, size } = job.spec.parameters[job.spec.parameters.length - 1];
    for (const strategy of strategies) {
      const { numeric } = checkBy(strategy, { ...job, claimed: exact });
      expect([...numeric.subarray(offset, offset + size)], strategy).toEqual([0, 0]);
    }
  });
});
