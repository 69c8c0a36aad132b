import { describe, expect, it } from 'vitest';
import type { CheckJob } from '../../src/check/check-job.ts';
import type { Report } from '../../src/check/report/report.ts';
import { readJob } from '../../src/models/read-job.ts';
import { sizeOf } from '../../src/tensors/tensor.ts';
import { completedRun, numericGradient } from '../fixtures/numeric-gradient.ts';
import { type WrittenModel, type WrittenNode, writeOnnx } from './onnx-writer.ts';

const [examples, features, hidden, outputs] = [64, 50, 100, 30];

/** Numbers between −1 and 1 that follow no pattern. */
function numbers(shape: readonly number[], seed: number) {
  const values = Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(12.9898 * i + seed * 78.233));
  return { shape: [...shape], values };
}

function zeros(shape: readonly number[]) {
  return { shape: [...shape], values: new Array<number>(sizeOf(shape)).fill(0) };
}

const shapes = { W1: [hidden, features], b1: [hidden], W2: [outputs, hidden], b2: [outputs] };
const theta = Object.fromEntries(Object.entries(shapes).map(([name, shape], i) => [name, numbers(shape, i)]));
const gradients = Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, zeros(shape)]));
const data = { X: numbers([examples, features], 7), Y: numbers([examples, outputs], 8) };

function jobOf(document: object, model?: Uint8Array): CheckJob {
  const reading = readJob({ ...document, data, gradients }, model && { model });
  if (reading.kind === 'faults') throw new Error(JSON.stringify(reading.faults));
  return reading.job;
}

/** The report on its own numeric gradient. */
function reportOf(job: CheckJob): Report {
  return completedRun({ ...job, claimed: numericGradient(job) }).report(0);
}

const layers = jobOf({
  parameters: theta,
  model: {
    format: 'layers',
    layout: 'batch-first',
    weightLayout: 'out-in',
    layers: [
      { type: 'dense', weights: 'W1', bias: 'b1' },
      { type: 'tanh' },
      { type: 'dense', weights: 'W2', bias: 'b2' },
    ],
    loss: { type: 'mse', target: 'Y', outputs: 'mean' },
  },
});

function node(operator: string, inputs: string, output: string, attributes: WrittenNode['attributes'] = {}) {
  return { operator, inputs: inputs.split(' '), outputs: [output], attributes };
}

const loss = [
  node('Tanh', 'z1', 'a1'),
  node('Sub', 'z2 Y', 'e'),
  node('Mul', 'e e', 'squares'),
  node('ReduceMean', 'squares', 'J', { keepdims: 0 }),
];

/** In each, z1 = X·W1ᵀ + b1 and z2 = a1·W2ᵀ + b2. */
const affine: Readonly<Record<string, readonly WrittenNode[]>> = {
  'Gemm with transB': [
    node('Gemm', 'X W1 b1', 'z1', { transB: 1 }),
    node('Gemm', 'a1 W2 b2', 'z2', { transB: 1 }),
  ],
  'MatMul by a Transpose': [
    node('Transpose', 'W1', 'V1', { perm: [1, 0] }),
    node('MatMul', 'X V1', 'p1'),
    node('Add', 'p1 b1', 'z1'),
    node('Transpose', 'W2', 'V2', { perm: [1, 0] }),
    node('MatMul', 'a1 V2', 'p2'),
    node('Add', 'b2 p2', 'z2'),
  ],
  'weights cut and put together again': [
    node('Slice', 'W1 from to', 'upper1'),
    node('Slice', 'W1 to end', 'lower1'),
    node('Concat', 'upper1 lower1', 'V1', { axis: 0 }),
    node('Slice', 'b1 to end', 'last1'),
    node('Slice', 'b1 from to', 'first1'),
    node('Concat', 'first1 last1', 'c1', { axis: 0 }),
    node('Gemm', 'X V1 c1', 'z1', { transB: 1 }),
    node('Slice', 'W2 from to columns', 'left2'),
    node('Slice', 'W2 to end columns', 'right2'),
    node('Concat', 'left2 right2', 'V2', { axis: 1 }),
    node('Gemm', 'a1 V2 b2', 'z2', { transB: 1 }),
  ],
  'weights through Unsqueeze, Squeeze and Reshape': [
    node('Unsqueeze', 'W1 first', 'U1'),
    node('Squeeze', 'U1 first', 'V1'),
    node('Gemm', 'X V1 b1', 'z1', { transB: 1 }),
    node('Reshape', 'W2 asIs', 'V2'),
    node('Reshape', 'b2 row', 'c2'),
    node('Gemm', 'a1 V2 c2', 'z2', { transB: 1 }),
  ],
};

function modelOf(nodes: readonly WrittenNode[]): WrittenModel {
  const inOrder = [...nodes.filter(({ outputs: [name] }) => name.endsWith('1')), loss[0]];
  return {
    opset: 17,
    nodes: [...inOrder, ...nodes.filter((each) => !inOrder.includes(each)), ...loss.slice(1)],
    initializers: {
      ...theta,
      first: { shape: [1], values: [0], whole: true },
      asIs: { shape: [2], values: [outputs, hidden], whole: true },
      row: { shape: [2], values: [1, outputs], whole: true },
      from: { shape: [1], values: [0], whole: true },
      to: { shape: [1], values: [17], whole: true },
      end: { shape: [1], values: [1000], whole: true },
      columns: { shape: [1], values: [1], whole: true },
    },
    inputs: { X: ['n', features], Y: ['n', outputs] },
    outputs: ['J'],
  };
}

describe.each(Object.keys(affine))('an ONNX network of %s', (name) => {
  const job = jobOf({ model: { format: 'onnx' } }, writeOnnx(modelOf(affine[name])));

  it('has the numeric gradient of the same network as layers', () => {
    const [own, same] = [numericGradient(job), numericGradient(layers)];
    const scale = Math.max(...same.map(Math.abs));
    own.forEach((value, i) => {
      expect(Math.abs(value - same[i])).toBeLessThan(1e-9 * scale);
    });
  });

  it('is checked in the same way and by as many evaluations', () => {
    const [own, same] = [reportOf(job), reportOf(layers)];
    expect(same.parameters.map(({ strategy }) => strategy)).toContain('node-perturbation');
    expect(own.parameters.map(({ strategy }) => strategy)).toEqual(
      same.parameters.map(({ strategy }) => strategy),
    );
    // What is audited depends on what a component takes, and weights that are cut up take more.
    expect(Math.abs(own.evaluations - same.evaluations)).toBeLessThanOrEqual(0.02 * same.evaluations);
    expect(own.verdict).toBe('pass');
  });
});

describe('an ONNX LSTM', () => {
  const [steps, n, width, units] = [6, 10, 12, 16];
  const own = {
    W: [1, 4 * units, width],
    R: [1, 4 * units, units],
    B: [1, 8 * units],
  };
  const lstm = writeOnnx({
    opset: 17,
    nodes: [
      {
        operator: 'LSTM',
        inputs: ['X', 'W', 'R', 'B'],
        outputs: ['', 'h'],
        attributes: { hidden_size: units },
      },
      node('Sub', 'h Y', 'e'),
      node('Mul', 'e e', 'squares'),
      node('ReduceMean', 'squares', 'J', { keepdims: 0 }),
    ],
    initializers: Object.fromEntries(
      Object.entries(own).map(([name, shape], i) => [name, numbers(shape, i)]),
    ),
    inputs: { X: ['t', 'n', width], Y: [1, 'n', units] },
    outputs: ['J'],
  });
  const reading = readJob(
    {
      model: { format: 'onnx' },
      data: { X: numbers([steps, n, width], 4), Y: numbers([1, n, units], 5) },
      gradients: Object.fromEntries(Object.entries(own).map(([name, shape]) => [name, zeros(shape)])),
    },
    { model: lstm },
  );

  it('has its weights gone back through, though every step reads them reshaped', () => {
    if (reading.kind === 'faults') throw new Error(JSON.stringify(reading.faults));
    const { parameters, verdict } = reportOf(reading.job);
    const strategies = new Map(parameters.map(({ name, strategy }) => [name, strategy]));
    expect(strategies.get('R')).toBe('node-perturbation');
    expect(verdict).toBe('pass');
  });
});
