import { describe, expect, it } from 'vitest';
import { completedRun, numericGradient } from '../fixtures/numeric-gradient.ts';
import { checkBy } from '../fixtures/right-gradient.ts';
import { arbitraryNetwork } from './arbitrary-network.ts';

type Recipe = Parameters<typeof arbitraryNetwork.build>[0];

const usual: Recipe = {
  widths: [12, 24, 24, 8],
  activations: ['tanh', 'tanh', 'identity', 'identity'],
  loss: 'cross-entropy',
  examples: 16,
  penalty: false,
  residual: false,
  tied: false,
  seed: 1,
};

describe('a right gradient of a thousand components or more, with automatic steps', () => {
  it.each<[string, Partial<Recipe>]>([
    ['tanh and cross-entropy', {}],
    ['relu and squared errors', { activations: ['relu', 'relu', 'identity', 'identity'], loss: 'mse' }],
    ['sigmoid and penalties', { activations: ['sigmoid', 'sigmoid', 'identity', 'identity'], penalty: true }],
    ['residual connections', { activations: ['softplus', 'tanh', 'identity', 'identity'], residual: true }],
    ['many layers', { widths: [10, 18, 18, 18, 18], activations: ['tanh', 'relu', 'sigmoid', 'identity'] }],
    [
      'one wide layer',
      { widths: [40, 30], activations: ['softmax', 'identity', 'identity', 'identity'], loss: 'mse' },
    ],
  ])(
    'takes at most 2.1 evaluations a component by weight-perturbation, noise included: %s',
    (_name, more) => {
      const job = arbitraryNetwork.build({ ...usual, ...more });
      const exact = { ...job, claimed: numericGradient(job) };
      const report = checkBy('weight-perturbation', exact).report(0);
      const { checked, failed, vacuous } = report.components;
      expect(checked).toBeGreaterThanOrEqual(1000);
      expect(failed).toBe(0);
      // Components that do not reach J would take none.
      expect(vacuous).toBeLessThan(checked / 2);
      expect(report.evaluations).toBeGreaterThan(2 * (checked - 1));
      expect(report.evaluations / checked).toBeLessThanOrEqual(2.1);
      expect(completedRun(exact).report(0).verdict).not.toBe('fail');
    },
  );
});
