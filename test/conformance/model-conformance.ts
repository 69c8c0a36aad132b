import { describe, expect, it } from 'vitest';
import type { CheckJob } from '../../src/check/check-job.ts';
import type { Method, Strategy } from '../../src/check/settings.ts';
import { readJob } from '../../src/models/read-job.ts';
import { type Shape, sizeOf, stridesOf } from '../../src/tensors/tensor.ts';
import { checkGradients } from '../fixtures/on-kernels.ts';

/** A tensor as plain as can be. */
export interface PlainTensor {
  readonly shape: Shape;
  readonly values: readonly number[];
}

export interface PlainTensors {
  readonly [name: string]: PlainTensor;
}

/** A layers model, and an independent formula of its cost. */
export interface ModelCase {
  readonly title: string;
  readonly model: object;
  readonly theta: PlainTensors;
  readonly data: PlainTensors;
  /** J(θ), in nothing but numbers. Smooth within 0.02 of θ along every component. */
  readonly cost: (theta: PlainTensors) => number;
  /** The op on the way of θ that complex-step is refused for; without one it is not. */
  readonly notAnalytic?: string | undefined;
}

/** Strategies that have a difference for every component. */
const componentwise = ['weight-perturbation', 'node-perturbation'] as const;

/** What every model promises: its cost is its formula, and the gradient of the formula passes, a wrong one fails. */
export function modelConformance({ title, model, theta, data, cost, notAnalytic }: ModelCase): void {
  describe(title, () => {
    const expected = cost(theta);
    const gradient = differentiate(cost, theta);

    it('costs what its formula says, and passes with the gradient of the formula component by component', async () => {
      for (const strategy of componentwise) {
        const report = await checkGradients(jobOf({ model, theta, data, gradient, check: { strategy } }));
        const error = Math.abs(Number(report.cost) - expected);
        expect(error).toBeLessThanOrEqual(1e-12 * Math.max(1, Math.abs(expected)));
        expect(report.verdict).toBe('pass');
        expect(report.components.passed).toBe(report.components.total);
        expect(report.components.kinks).toBe(0);
        expect(Number(report.relativeDifference)).toBeLessThan(1e-8);
      }
    });

    it('passes by directions, which are judged a parameter at a time', async () => {
      const report = await checkGradients(
        jobOf({ model, theta, data, gradient, check: { strategy: 'directional' } }),
      );
      expect(report.verdict).toBe('pass');
      expect(report.components.failed).toBe(0);
    });

    const byComplexStep = () => jobOf({ model, theta, data, gradient, check: { method: 'complex-step' } });

    if (notAnalytic === undefined) {
      it('passes by complex-step', async () => {
        const report = await checkGradients(byComplexStep());
        expect(report.components.passed).toBe(report.components.total);
        expect(Number(report.relativeDifference)).toBeLessThan(1e-8);
      });
    } else {
      it(`is refused by complex-step for its ${notAnalytic}`, () => {
        expect(byComplexStep).toThrow(`no complex arithmetic for ${notAnalytic}`);
      });
    }

    it('fails in the parameter, and only there, whose gradient is wrong in one component', async () => {
      for (const wrong of Object.keys(theta)) {
        const largest = Math.max(...gradient[wrong].values.map(Math.abs));
        const at = gradient[wrong].values.findIndex((value) => Math.abs(value) === largest);
        const values = gradient[wrong].values.with(at, 1.001 * gradient[wrong].values[at] + 1e-3);
        const claimed = { ...gradient, [wrong]: { ...gradient[wrong], values } };
        const { parameters } = await checkGradients(jobOf({ model, theta, data, gradient: claimed }));
        const failed = parameters.filter(({ verdict }) => verdict === 'fail');
        expect(failed.map(({ name }) => name)).toEqual([wrong]);
      }
    });
  });
}

/**
 * At a kink in every component each is flagged. The slopes on either side and what lies between them pass; a slope
 * beyond them does not.
 */
export function kinkConformance({ title, model, theta, data, cost }: ModelCase): void {
  it(`${title}: either slope at the kink passes, and no other`, async () => {
    const [left, right] = [slopes(cost, theta, -1), slopes(cost, theta, 1)];
    const claims: readonly [(left: number, right: number) => number, boolean][] = [
      [(low) => low, true],
      [(_, high) => high, true],
      [(low, high) => (low + high) / 2, true],
      [(low, high) => Math.max(low, high) + 0.1, false],
    ];
    for (const [claim, passes] of claims) {
      const gradient = mapValues(left, (name, low, i) => claim(low, right[name].values[i]));
      for (const strategy of componentwise) {
        const { components } = await checkGradients(
          jobOf({ model, theta, data, gradient, check: { strategy } }),
        );
        expect(components.kinks).toBe(components.total);
        expect(components.passed).toBe(passes ? components.total : 0);
      }
    }
  });
}

/** Slopes of J on one side, by the one-sided difference of order 4 (Fornberg 1988, table 3). */
function slopes(cost: ModelCase['cost'], theta: PlainTensors, side: 1 | -1): PlainTensors {
  const weights = [-25 / 12, 4, -3, 4 / 3, -1 / 4];
  const h = side / 1024;
  return mapValues(theta, (name, _value, i) =>
    weights.reduce((sum, weight, step) => sum + (weight * cost(moved(theta, name, i, step * h))) / h, 0),
  );
}

function mapValues(
  tensors: PlainTensors,
  entry: (name: string, value: number, i: number) => number,
): PlainTensors {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { shape, values }]) => [
      name,
      { shape, values: values.map((value, i) => entry(name, value, i)) },
    ]),
  );
}

function moved(theta: PlainTensors, name: string, i: number, by: number): PlainTensors {
  const { shape, values } = theta[name];
  return { ...theta, [name]: { shape, values: values.with(i, values[i] + by) } };
}

function jobOf(parts: {
  readonly model: object;
  readonly theta: PlainTensors;
  readonly data: PlainTensors;
  readonly gradient: PlainTensors;
  readonly check?: { readonly strategy?: Strategy; readonly method?: Method };
}): CheckJob {
  const { model, theta, data, gradient, check } = parts;
  const reading = readJob({
    model: { format: 'layers', ...model },
    data,
    parameters: theta,
    gradients: gradient,
    ...(check === undefined ? {} : { check }),
  });
  if (reading.kind === 'faults') throw new Error(JSON.stringify(reading.faults));
  return reading.job;
}

/** Weights of J at ±h, ±2h and ±3h in the central difference of order 6 (Fornberg, Math. Comp. 51, 1988, table 1). */
const stencil = [45 / 60, -9 / 60, 1 / 60];
const H = 1 / 256;

function differentiate(cost: ModelCase['cost'], theta: PlainTensors): PlainTensors {
  return mapValues(theta, (name, _value, i) =>
    stencil.reduce((sum, weight, step) => {
      const by = (step + 1) * H;
      return sum + (weight * (cost(moved(theta, name, i, by)) - cost(moved(theta, name, i, -by)))) / H;
    }, 0),
  );
}

/** Numbers between `low` and `high`, the same for the same seed, none nearer than 0.05 to one of `avoid`. */
export function draw(
  shape: Shape,
  seed: number,
  { low = -1.5, high = 1.5, avoid = [] }: { low?: number; high?: number; avoid?: readonly number[] } = {},
): PlainTensor {
  let state = seed * 2654435 + 12345;
  const next = () => {
    state = (state * 48271) % 2147483647;
    return low + (state / 2147483647) * (high - low);
  };
  const apart = () => {
    let value = next();
    while (avoid.some((kink) => Math.abs(value - kink) < 0.05)) value = next();
    return value;
  };
  return { shape, values: Array.from({ length: sizeOf(shape) }, apart) };
}

/** The tensor of this shape with `entry` of every index. */
export function fill(shape: Shape, entry: (index: readonly number[]) => number): PlainTensor {
  const strides = stridesOf(shape);
  return {
    shape,
    values: Array.from({ length: sizeOf(shape) }, (_, flat) =>
      entry(shape.map((length, axis) => Math.floor(flat / strides[axis]) % length)),
    ),
  };
}

/** The entry at an index. */
export function at({ shape, values }: PlainTensor, ...index: readonly number[]): number {
  const strides = stridesOf(shape);
  return values[index.reduce((flat, i, axis) => flat + i * strides[axis], 0)];
}

/** Rows as columns; tensors that are no matrices stay. */
export function transposed(tensor: PlainTensor): PlainTensor {
  const { shape } = tensor;
  return shape.length === 2 ? fill([shape[1], shape[0]], ([i, j]) => at(tensor, j, i)) : tensor;
}
