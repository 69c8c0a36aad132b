import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ComponentReport, checkGradients, type JobDocument, type Report } from '../../src/index.ts';
import { fromJsonNumber } from '../../src/tensors/json-number.ts';
import { stridesOf } from '../../src/tensors/tensor.ts';
import { projectRoot } from '../structure/import-graph.ts';

const folder = join(projectRoot, 'examples');

function example(name: string): JobDocument {
  return JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));
}

/** Positions in θ of the components that fail. */
function failing(report: Report): number[] {
  let offset = 0;
  return report.parameters.flatMap(({ shape, components, worst }) => {
    const strides = stridesOf(shape);
    const start = offset;
    offset += components.total;
    return worst
      .filter(({ verdict }) => verdict === 'fail')
      .map(({ index }) => index.reduce((flat, position, axis) => flat + position * strides[axis], start))
      .sort((a, b) => a - b);
  });
}

/** |numeric − claimed| / max(1e-8, |numeric| + |claimed|), as the exercise has it. */
function relativeError(component: ComponentReport): number {
  const numeric = fromJsonNumber(component.numeric);
  const claimed = fromJsonNumber(component.claimed);
  return Math.abs(numeric - claimed) / Math.max(1e-8, Math.abs(numeric) + Math.abs(claimed));
}

describe.each(['layers', 'expression'])('the published examples as %s', (format) => {
  it('find the wrong three-layer gradient: exactly its eight components, relative difference 0.28509316', async () => {
    const report = await checkGradients(example(`three-layer-wrong-${format}`));
    expect(report.verdict).toBe('fail');
    expect(report.settings).toMatchObject({ method: 'central', epsilon: 1e-7 });
    expect(Math.abs(fromJsonNumber(report.relativeDifference) - 0.2850931567761623)).toBeLessThan(1e-6);
    expect(failing(report)).toEqual([20, 21, 22, 23, 35, 36, 37, 38]);
    expect(report.components).toMatchObject({ total: 47, checked: 47, failed: 8 });
    expect(report.parameters.filter(({ verdict }) => verdict === 'fail').map(({ name }) => name)).toEqual([
      'b1',
      'W2',
    ]);
  });

  it('pass the correct three-layer gradient, relative difference below 1e-8', async () => {
    const report = await checkGradients(example(`three-layer-correct-${format}`));
    expect(report.verdict).toBe('pass');
    expect(report.settings.epsilon).toBe(1e-5);
    expect(report.relativeDifference).toBeLessThan(1e-8);
  });

  it('compute the published cost of the two-layer softmax, every relative error below 1e-8', async () => {
    const report = await checkGradients(example(`two-layer-softmax-${format}`));
    expect(Math.abs(fromJsonNumber(report.cost) - 1.30378789133)).toBeLessThan(1e-10);
    expect(report.verdict).toBe('pass');
    expect(report.settings.epsilon).toBe(1e-5);
    const errors = report.parameters.flatMap(({ worst }) => worst.map(relativeError));
    expect(errors.length).toBeGreaterThan(20);
    expect(Math.max(...errors)).toBeLessThan(1e-8);
  });
});

it.each([
  ['three-layer-wrong', 1e-7],
  ['three-layer-correct', 1e-9],
  ['two-layer-softmax', 1e-9],
])('%s is the same in both formats', async (name, tolerance) => {
  const [layers, expression] = await Promise.all([
    checkGradients(example(`${name}-layers`)),
    checkGradients(example(`${name}-expression`)),
  ]);
  expect(fromJsonNumber(layers.cost)).toBeCloseTo(fromJsonNumber(expression.cost), 13);
  expect(
    Math.abs(fromJsonNumber(layers.relativeDifference) - fromJsonNumber(expression.relativeDifference)),
  ).toBeLessThan(tolerance);
  expect(failing(layers)).toEqual(failing(expression));
});

it.each([
  ['central', 3.0001],
  ['forward', 3.0301],
] as const)('theta cubed at 1 by %s differences with a step of 0.01 is %d', async (method, numeric) => {
  const document = example('theta-cubed');
  const report = await checkGradients({ ...document, check: { ...document.check, method } });
  expect(Math.abs(fromJsonNumber(report.parameters[0].worst[0].numeric) - numeric)).toBeLessThan(1e-12);
  // The claimed gradient is right, and a second look with a good step says so.
  expect(report.verdict).toBe('pass');
  expect(report.parameters[0].worst[0].refined?.numeric).toBeCloseTo(3, 9);
  const beside = report.parameters[0].worst[0].compared?.map((each) => Number(each.numeric).toFixed(4));
  expect(beside).toEqual(['3.0301', '2.9701', '3.0000', '3.0000']);
});

it('the generated MLP has 41,802 components and right gradients', async () => {
  const text = execFileSync(process.execPath, [join(folder, 'make-mlp.mjs')], {
    encoding: 'utf8',
    maxBuffer: 2 ** 24,
  });
  const document: JobDocument = JSON.parse(text);
  const report = await checkGradients({ ...document, check: { components: { sample: 300 } } });
  expect(report.components).toMatchObject({ total: 41_802, failed: 0, inconclusive: 0 });
  expect(report.components.checked).toBeGreaterThanOrEqual(300);
  expect(report.relativeDifference).toBeLessThan(1e-7);
});

it('every committed job document is among those above', () => {
  const documents = readdirSync(folder).filter((name) => name.endsWith('.json'));
  expect(documents.sort()).toEqual([
    'theta-cubed.json',
    'three-layer-correct-expression.json',
    'three-layer-correct-layers.json',
    'three-layer-wrong-expression.json',
    'three-layer-wrong-layers.json',
    'two-layer-softmax-expression.json',
    'two-layer-softmax-layers.json',
  ]);
});
