import { describe, expect, it } from 'vitest';
import { findOrigin } from '../../../src/check/diagnosis/origin.ts';
import type { BackwardStep } from '../../../src/graph/backward-steps.ts';
import { diagnosed } from './one-parameter.ts';

const steps: readonly BackwardStep[] = [
  { source: 'layers[4] (dense)', parameters: ['b3', 'W3'], behind: ['b2', 'W2', 'b1', 'W1'] },
  { source: 'layers[2] (dense)', parameters: ['b2', 'W2'], behind: ['b1', 'W1'] },
  { source: 'layers[0] (dense)', parameters: ['b1', 'W1'], behind: [] },
];

function originOf(wrong: readonly string[], zero: readonly string[] = []) {
  const parameters = steps
    .flatMap((step) => step.parameters)
    .map((name) => {
      const numeric = zero.includes(name) ? new Float64Array(4) : undefined;
      return diagnosed([4], (own) => own.map((value) => (wrong.includes(name) ? value + 1 : value)), {
        name,
        ...(numeric === undefined ? {} : { numeric }),
      });
    });
  return findOrigin(parameters, steps);
}

describe('going back from the cost', () => {
  it('everything wrong from one layer on points at what is passed back to it', () => {
    expect(originOf(['b2', 'W2', 'b1', 'W1'])).toEqual({
      kind: 'passed-back',
      layer: 'layers[2] (dense)',
      parameters: ['b2', 'W2'],
      right: ['b3', 'W3'],
      message:
        'db3 and dW3 are right; from layers[2] (dense) on back everything is wrong: look at the derivative that is ' +
        'passed back from layers[4] (dense) to layers[2] (dense).',
    });
  });

  it('everything wrong points at the loss', () => {
    const origin = originOf(['b3', 'W3', 'b2', 'W2', 'b1', 'W1']);
    expect(origin).toMatchObject({ kind: 'passed-back', right: [] });
    expect(origin?.message).toContain('the derivative of the loss');
  });

  it('a wrong parameter with right ones behind it is wrong by itself', () => {
    expect(originOf(['b2', 'W2'])).toMatchObject({ kind: 'local', parameters: ['b2', 'W2'] });
  });

  it('a parameter that passes because J does not move proves nothing', () => {
    expect(originOf(['b2', 'W2'], ['b1', 'W1'])?.kind).toBe('first');
  });

  it('of wrong parameters with nothing right beside or behind them only the first is told', () => {
    expect(originOf(['b1', 'W1'])).toMatchObject({ kind: 'first', parameters: ['b1', 'W1'] });
  });

  it('nothing wrong has no origin', () => {
    expect(originOf([])).toBeUndefined();
  });
});
