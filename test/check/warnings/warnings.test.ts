import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { warningCodes } from '../../../src/check/warnings/warning.ts';
import { numericGradient } from '../../fixtures/numeric-gradient.ts';
import { checkGradients } from '../../fixtures/on-kernels.ts';
import { arbitraryNetwork } from '../arbitrary-network.ts';
import { reportOn, warned } from './warn.ts';

const X = [
  [0.3, -0.7],
  [1.1, 0.4],
  [-0.6, 0.9],
];
const Y = [[0.2], [-0.4], [0.7]];

/** A batch-first network of two dense layers. */
function network(W1: number[][], W2: number[][], more: object = {}) {
  return {
    model: {
      format: 'layers',
      layout: 'batch-first',
      input: 'X',
      layers: [
        { type: 'dense', weights: 'W1', bias: 'b1' },
        { type: 'tanh' },
        { type: 'dense', weights: 'W2' },
      ],
      loss: { type: 'mse', target: 'Y' },
    },
    data: { X, Y },
    parameters: { W1, b1: W1[0].map(() => 0), W2 },
    ...more,
  };
}

const healthy = network(
  [
    [0.5, -0.3, 0.8],
    [0.1, 0.7, -0.2],
  ],
  [[0.4], [-0.9], [0.6]],
);

describe('a healthy job', () => {
  it('is warned of nothing, its biases of zeros included', async () => {
    const report = await reportOn(healthy);
    expect(report.verdict).toBe('pass');
    expect(report.warnings).toEqual([]);
  });

  it('is warned of no noise, step or symmetry in random networks', () => {
    const unwanted = [
      'tolerance-below-noise',
      'symmetric',
      'step-lost',
      'step-large',
      'step-small',
      'near-zero',
    ];
    return fc.assert(
      fc.asyncProperty(arbitraryNetwork.recipe, async (recipe) => {
        const job = arbitraryNetwork.build(recipe);
        const { warnings } = await checkGradients({ ...job, claimed: numericGradient(job) });
        expect(warnings.filter(({ code }) => unwanted.includes(code))).toEqual([]);
      }),
      { numRuns: 60, seed: 11 },
    );
  });
});

describe('dead units', () => {
  it('are told by their rows and columns', async () => {
    const model = { format: 'expression', cost: 'mean(relu(X @ W + b) @ v)' };
    const parameters = {
      W: [
        [0.5, -3, 0.8],
        [0.1, -2, 0.2],
      ],
      b: [2, -20, 2],
      v: [0.3, 0.8, -0.4],
    };
    const report = await reportOn({ model, data: { X }, parameters });
    expect(warned(report, 'dead-components')).toBe(
      '4 of 12 components do not move the cost at this point (W: 2 of 6, all of column 1, b: 1 of 3, v: 1 of 3); ' +
        'their gradients of 0 were not really tested',
    );
  });

  it('of a whole parameter are told as such', async () => {
    const model = { format: 'expression', cost: 'sum(a**2) + 0 * sum(b)' };
    const report = await reportOn({ model, parameters: { a: [1, 2], b: [1, 2, 3] } });
    expect(warned(report, 'dead-components')).toContain('(b: all)');
  });
});

describe('parameters near zero', () => {
  it('are named, with how large they are', async () => {
    const tiny = network(
      [
        [5e-5, -3e-5, 8e-5],
        [1e-5, 7e-5, -2e-5],
      ],
      [[0.4], [-0.9], [0.6]],
    );
    expect(warned(await reportOn(tiny), 'near-zero')).toMatch(/^no component of W1 is over 8e-5: near 0 /);
  });

  it('are said to be all zeros where they are', async () => {
    const zeros = network(
      [
        [0, 0, 0],
        [0, 0, 0],
      ],
      [[0.4], [-0.9], [0.6]],
    );
    expect(warned(await reportOn(zeros), 'near-zero')).toMatch(/^W1 is all zeros: /);
  });
});

describe('saturation', () => {
  it.each(['sigmoid', 'tanh'])('of %s is told with its layer and how much of it is flat', async (type) => {
    const [dense, , last] = healthy.model.layers;
    const model = { ...healthy.model, layers: [dense, { type }, last] };
    const parameters = {
      ...healthy.parameters,
      W1: [
        [90, -80, 70],
        [60, 90, -70],
      ],
    };
    const report = await reportOn({ ...healthy, model, parameters });
    expect(warned(report, 'saturated')).toMatch(
      new RegExp(
        `^saturated: ${type} of layers\\[1\\] \\(${type}\\), where [5-9] of 9 values lie where it is flat; `,
      ),
    );
    expect(warned(await reportOn({ ...healthy, model }), 'saturated')).toBeUndefined();
  });

  it('of softmax is told by lines', async () => {
    const cost = (scale: number) => `mean((softmax(${scale} * X @ W, 1) - Y)**2)`;
    const job = (scale: number) => ({
      model: { format: 'expression', cost: cost(scale) },
      data: { X, Y },
      parameters: {
        W: [
          [0.5, -0.3],
          [0.1, 0.7],
        ],
      },
    });
    expect(warned(await reportOn(job(200)), 'saturated')).toMatch(/softmax of .*, where 3 of 3 lines/);
    expect(warned(await reportOn(job(1)), 'saturated')).toBeUndefined();
  });
});

describe('a symmetric point', () => {
  it('is told by the columns of a weight that are copies', async () => {
    const report = await reportOn(
      network(
        [
          [0.5, 0.5, 0.8],
          [0.1, 0.1, -0.2],
        ],
        [[0.4], [0.4], [0.6]],
      ),
    );
    expect(warned(report, 'symmetric')).toMatch(
      /^1 of 3 columns of W1 equal an earlier column \(1 equals 0\), in their claimed gradients too: /,
    );
  });

  it('is none where what comes out of the units is weighed apart', async () => {
    const report = await reportOn(
      network(
        [
          [0.5, 0.5, 0.8],
          [0.1, 0.1, -0.2],
        ],
        [[0.4], [0.9], [0.6]],
      ),
    );
    expect(warned(report, 'symmetric')).toBeUndefined();
  });
});

describe('a step that was given', () => {
  const cost = (epsilon: number, theta: number[], more = {}) => ({
    model: { format: 'expression', cost: 'sum(w**2)' },
    parameters: { w: theta },
    gradients: { w: theta.map((value) => 2 * value) },
    check: { epsilon, ...more },
  });

  it('and that rounding swallows is told, and leads to no false zero', async () => {
    const report = await reportOn(cost(1e-9, [1e9, 3e8]));
    expect(warned(report, 'step-lost')).toMatch(
      /^rounding swallows the step 1e-9: it is lost in 2 of 2 components of w \(up to 1000000000 large\); /,
    );
    expect(report.verdict).toBe('pass');
    const wrong = await reportOn({ ...cost(1e-9, [1e9, 3e8]), gradients: { w: [0, 0] } });
    expect(wrong).toMatchObject({ verdict: 'fail', components: { failed: 2, vacuous: 0 } });
  });

  it('and that floating point changes by more than a hundredth is told as well', async () => {
    const report = await reportOn(cost(1e-7, [2 ** 27]));
    expect(warned(report, 'step-lost')).toMatch(/changed by over 1 % in 1 of 1 components/);
    expect(report.verdict).toBe('pass');
    expect(warned(await reportOn(cost(1e-7, [1])), 'step-lost')).toBeUndefined();
  });

  it('and that is large is told, and does not decide', async () => {
    const large = {
      ...cost(0.5, [1]),
      model: { format: 'expression', cost: 'sum(w**3)' },
      gradients: { w: [3] },
    };
    const report = await reportOn(large);
    expect(report.verdict).toBe('pass');
    expect(warned(report, 'step-large')).toMatch(
      /^a step of 0.5 is large for the method central \(over 1e-4\)/,
    );
  });

  it('and that is small is told with the noise that it makes', async () => {
    const model = { format: 'expression', cost: 'sum(exp(w) + 1000)' };
    const gradients = { w: [Math.exp(0.1), Math.exp(0.7)] };
    const job = { model, parameters: { w: [0.1, 0.7] }, gradients };
    const report = await reportOn({ ...job, check: { epsilon: 1e-13 } });
    expect(report.verdict).toBe('pass');
    expect(warned(report, 'step-small')).toMatch(/^a step of 1e-13 is so small that rounding alone makes /);
    expect(warned(await reportOn(job), 'step-small')).toBeUndefined();
  });
});

it('every code is described in the documentation, and no other', () => {
  const text = readFileSync(new URL('../../../docs/warnings.md', import.meta.url), 'utf8');
  const described = [...text.matchAll(/^\| `([\w-]+)`/gm)].map(([, code]) => code);
  expect(described.toSorted()).toEqual([...warningCodes].toSorted());
});
