import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CheckJob } from '../../src/check/check-job.ts';
import { CheckRun } from '../../src/check/check-run.ts';
import { createJobMemory } from '../../src/check/job-memory.ts';
import type { CheckSettings } from '../../src/check/settings.ts';
import { readJob } from '../../src/models/read-job.ts';
import { sizeOf } from '../../src/tensors/tensor.ts';
import { checkGradients, createRunner, viewJob } from '../fixtures/on-kernels.ts';

interface Recipe {
  readonly layers: readonly string[];
  readonly examples: number;
  readonly seed: number;
}

/** Layers that go after each other on images [m, 4, 5, 5] and smaller. */
const kinds: Readonly<Record<string, readonly object[]>> = {
  convolution: [{ type: 'conv2d', weights: 'W', bias: 'b', padding: 1 }],
  grouped: [{ type: 'conv2d', weights: 'Wg', bias: 'b', groups: 2, padding: 'same', dilation: [2, 1] }],
  depthwise: [{ type: 'conv2d', weights: 'Wd', groups: 4, padding: 1, stride: [1, 2] }],
  pointwise: [{ type: 'conv2d', weights: 'Wp', bias: 'b' }],
  transposed: [{ type: 'conv-transpose2d', weights: 'Wt', bias: 'b', stride: 2, padding: 1 }],
  maximum: [{ type: 'max-pool2d', size: 2, stride: 1, padding: 1 }],
  average: [{ type: 'average-pool2d', size: 2, stride: 1, padding: 1, countPadding: false }],
  batch: [{ type: 'batch-norm', gain: 'g', bias: 's' }],
  group: [{ type: 'group-norm', groups: 2, gain: 'g', bias: 's' }],
  layer: [{ type: 'layer-norm', axes: 3 }],
  tanh: [{ type: 'tanh' }],
  relu: [{ type: 'relu' }],
};

const shapes: Readonly<Record<string, readonly number[]>> = {
  W: [4, 4, 3, 3],
  Wg: [4, 2, 2, 2],
  Wd: [4, 1, 3, 2],
  Wp: [4, 4, 1, 1],
  Wt: [4, 4, 2, 3],
  b: [4],
  g: [4],
  s: [4],
  V: [4, 2],
};

const recipes: fc.Arbitrary<Recipe> = fc.record({
  layers: fc.array(fc.constantFrom(...Object.keys(kinds)), { minLength: 2, maxLength: 4 }),
  examples: fc.integer({ min: 2, max: 3 }),
  seed: fc.integer({ min: 1000, max: 1e6 }),
});

/** A network whose parameters are used by every layer that names them: some several times. */
function build({ layers, examples, seed }: Recipe, settings: Partial<CheckSettings> = {}): CheckJob {
  let state = seed;
  const draw = (shape: readonly number[]) => ({
    shape,
    values: Array.from({ length: sizeOf(shape) }, () => {
      state = (state * 48271) % 2147483647;
      return 1.6 * (state / 2147483647) - 0.8;
    }),
  });
  const written = [...layers.flatMap((name) => kinds[name]), { type: 'global-average-pool' }];
  const model = {
    format: 'layers',
    layout: 'batch-first',
    layers: [...written, { type: 'dense', weights: 'V' }],
    loss: { type: 'cross-entropy', target: 'y' },
  };
  const used = Object.keys(shapes).filter((name) => JSON.stringify(model).includes(`"${name}"`));
  const reading = readJob({
    model,
    data: { X: draw([examples, 4, 5, 5]), y: Array.from({ length: examples }, (_, i) => i % 2) },
    parameters: Object.fromEntries(used.map((name) => [name, draw(shapes[name])])),
    gradients: Object.fromEntries(used.map((name) => [name, draw(shapes[name])])),
  });
  if (reading.kind === 'faults') throw new Error(JSON.stringify(reading.faults));
  const { job } = reading;
  return { ...job, spec: { ...job.spec, settings: { ...job.spec.settings, ...settings } } };
}

function numericOf(job: CheckJob): Float64Array {
  const check = new CheckRun(job);
  const runner = createRunner(createJobMemory(job, 1));
  for (let plan = check.nextPlan(); plan !== undefined; plan = check.nextPlan()) {
    for (const shard of plan.shards) {
      const result = runner.run(shard, 0);
      if (result !== undefined) check.accept(result);
    }
  }
  return check.numeric;
}

/** J at a θ, by evaluating the whole graph there. */
function costAt(job: CheckJob, component: number, move: number): number {
  const theta = job.theta.slice();
  theta[component] += move;
  const view = viewJob(createJobMemory({ ...job, theta }, 1));
  return view.floats[view.baseValues(0)[job.spec.graph.cost].offset];
}

describe('networks of windows and norms', () => {
  it('have the numeric gradient of whole evaluations of J', async () => {
    await fc.assert(
      fc.asyncProperty(recipes, async (recipe) => {
        const step = 1e-3;
        const job = build(recipe, { epsilon: step });
        const report = await checkGradients(job);
        for (const [position, { worst }] of report.parameters.entries()) {
          const { offset, shape } = job.spec.parameters[position];
          for (const { index, numeric } of worst.slice(0, 6)) {
            const component = offset + index.reduce((flat, i, axis) => flat * shape[axis] + i, 0);
            const whole = (costAt(job, component, step) - costAt(job, component, -step)) / (2 * step);
            expect(Math.abs(Number(numeric) - whole)).toBeLessThanOrEqual(
              1e-9 * Math.max(1, Math.abs(whole)),
            );
          }
        }
      }),
      { numRuns: 20 },
    );
  });

  it('have one numeric gradient by either strategy, away from kinks', () => {
    const smooth = recipes.filter(({ layers }) => !layers.includes('relu') && !layers.includes('maximum'));
    fc.assert(
      fc.property(smooth, (recipe) => {
        const weight = numericOf(build(recipe, { strategy: 'weight-perturbation' }));
        const node = numericOf(build(recipe, { strategy: 'node-perturbation' }));
        const largest = weight.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
        weight.forEach((value, component) => {
          expect(Math.abs(node[component] - value)).toBeLessThanOrEqual(2e-8 * largest);
        });
      }),
      { numRuns: 15 },
    );
  });
});

describe('a tie among the entries of a window', () => {
  /** J = (max(1, 1))² + (max(2, 3))², with θ the image itself. */
  function tied(gradient: readonly number[]): CheckJob {
    const reading = readJob({
      model: {
        format: 'layers',
        layout: 'batch-first',
        input: 'X',
        layers: [{ type: 'max-pool1d', size: 2 }],
        loss: { type: 'mse', target: 'T' },
      },
      data: { T: [[[0, 0]]] },
      parameters: { X: [[[1, 1, 2, 3]]] },
      gradients: { X: [[gradient]] },
    });
    if (reading.kind === 'faults') throw new Error(JSON.stringify(reading.faults));
    return reading.job;
  }

  it('is flagged as a kink, and whichever entry has the slope, it is not called wrong', async () => {
    for (const gradient of [
      [2, 0, 0, 6],
      [0, 2, 0, 6],
      [1, 1, 0, 6],
    ]) {
      const { components, verdict } = await checkGradients(tied(gradient));
      expect(components).toMatchObject({ kinks: 2, failed: 0 });
      expect(verdict).not.toBe('fail');
    }
  });

  it('excuses no error in another window', async () => {
    const { components } = await checkGradients(tied([2, 0, 6, 0]));
    expect(components).toMatchObject({ failed: 2 });
  });
});
