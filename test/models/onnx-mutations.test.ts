import { expect, it } from 'vitest';
import { randomStream } from '../../src/check/random.ts';
import { readJob } from '../../src/models/read-job.ts';
import { writeOnnx } from './onnx-writer.ts';

const ones = (...shape: number[]) => ({
  shape,
  values: new Array<number>(shape.reduce((size, length) => size * length, 1)).fill(0.5),
});
const whole = (...values: number[]) => ({ shape: [values.length], values, whole: true });

/** Models of many operators, each with its data and with a parameter W. */
const models = [
  {
    shape: [3, 4],
    model: writeOnnx({
      opset: 17,
      nodes: [
        { operator: 'Transpose', inputs: ['W'], outputs: ['V'], attributes: { perm: [1, 0] } },
        { operator: 'Gemm', inputs: ['X', 'V', 'b'], outputs: ['z'], attributes: { alpha: { float: 0.5 } } },
        { operator: 'Pad', inputs: ['z', 'pads'], outputs: ['p'], attributes: { mode: 'reflect' } },
        { operator: 'Slice', inputs: ['p', 'start', 'end', 'axis'], outputs: ['s'] },
        { operator: 'Tile', inputs: ['s', 'repeats'], outputs: ['t'] },
        { operator: 'Gather', inputs: ['t', 'start'], outputs: ['g'], attributes: { axis: 1 } },
        { operator: 'CumSum', inputs: ['g', 'axis'], outputs: ['c'] },
        { operator: 'ReduceMean', inputs: ['c'], outputs: ['J'], attributes: { keepdims: 0 } },
      ],
      initializers: {
        W: ones(3, 4),
        b: ones(3),
        pads: whole(0, 1, 0, 1),
        start: whole(0),
        end: whole(2),
        axis: whole(1),
        repeats: whole(2, 3),
      },
      inputs: { X: ['n', 4] },
      outputs: ['J'],
    }),
  },
  {
    shape: [1, 1, 3, 2],
    model: writeOnnx({
      opset: 17,
      nodes: [
        { operator: 'Reshape', inputs: ['X', 'image'], outputs: ['x'] },
        {
          operator: 'Conv',
          inputs: ['x', 'W'],
          outputs: ['z'],
          attributes: { pads: [1, 1, 1, 1], strides: [2, 1], kernel_shape: [3, 2] },
        },
        {
          operator: 'MaxPool',
          inputs: ['z'],
          outputs: ['m'],
          attributes: { kernel_shape: [2, 2], pads: [1, 0, 0, 1] },
        },
        { operator: 'Range', inputs: ['from', 'to', 'by'], outputs: ['r'] },
        { operator: 'Cast', inputs: ['r'], outputs: ['f'], attributes: { to: 11 } },
        { operator: 'ReduceSum', inputs: ['f'], outputs: ['q'] },
        { operator: 'ReduceSumSquare', inputs: ['m'], outputs: ['s'], attributes: { keepdims: 0 } },
        { operator: 'Einsum', inputs: ['s', 'q'], outputs: ['J'], attributes: { equation: ',i->i' } },
      ],
      initializers: {
        W: ones(1, 1, 3, 2),
        image: whole(1, 1, 3, -1),
        from: { shape: [], values: [0], whole: true },
        to: { shape: [], values: [9], whole: true },
        by: { shape: [], values: [2], whole: true },
      },
      inputs: { X: [3, 4] },
      outputs: ['J'],
    }),
  },
  {
    shape: [1, 8, 4],
    model: writeOnnx({
      opset: 17,
      nodes: [
        { operator: 'Unsqueeze', inputs: ['X', 'axis'], outputs: ['x'] },
        { operator: 'LSTM', inputs: ['x', 'W', 'R'], outputs: ['', 'h'], attributes: { hidden_size: 2 } },
        { operator: 'ConstantOfShape', inputs: ['shape'], outputs: ['c'] },
        { operator: 'Expand', inputs: ['h', 'shape'], outputs: ['e'] },
        { operator: 'Concat', inputs: ['e', 'c'], outputs: ['j'], attributes: { axis: 0 } },
        { operator: 'ReduceL2', inputs: ['j'], outputs: ['J'], attributes: { keepdims: 0 } },
      ],
      initializers: { W: ones(1, 8, 4), R: ones(1, 8, 2), axis: whole(1), shape: whole(2, 1, 2) },
      inputs: { X: [3, 4] },
      outputs: ['J'],
    }),
  },
];

/** Some bytes changed, cut out, doubled, or the end cut off. */
function mutated(bytes: Uint8Array, random: () => number): Uint8Array {
  const at = () => Math.floor(random() * bytes.length);
  const result = Uint8Array.from(bytes);
  const kind = random();
  if (kind < 0.6) {
    const count = 1 + Math.floor(4 * random());
    for (let i = 0; i < count; i++) {
      // Small numbers, and the bits that make a varint go on, are what lengths and field keys are made of.
      result[at()] =
        random() < 0.5 ? Math.floor(256 * random()) : (random() < 0.5 ? 0x80 : 0) | Math.floor(16 * random());
    }
    return result;
  }
  const [from, to] = [at(), at()].sort((a, b) => a - b);
  if (kind < 0.75) return result.slice(0, to);
  const piece = result.slice(from, Math.min(to, from + 64));
  const tail = kind < 0.88 ? result.slice(from + piece.length) : result.slice(from);
  return Uint8Array.from([...result.slice(0, from), ...(kind < 0.88 ? [] : piece), ...tail]);
}

it('ten thousand damaged files are each taken or refused in words, within bounded memory', () => {
  const random = randomStream(20_261_124);
  let refused = 0;
  let mostBytes = 0;
  for (let i = 0; i < 10_000; i++) {
    const { model, shape } = models[i % models.length];
    const file = mutated(model, random);
    const reading = readJob(
      { model: { format: 'onnx' }, data: { X: ones(3, 4) }, gradients: { W: ones(...shape) } },
      { model: file },
    );
    mostBytes = Math.max(mostBytes, process.memoryUsage().arrayBuffers);
    if (reading.kind === 'job') continue;
    refused++;
    for (const { pointer, detail } of reading.faults) {
      expect(pointer).toMatch(/^\/(model|data|parameters|gradients)/);
      expect(detail.length).toBeGreaterThan(10);
      expect(detail.length).toBeLessThan(1000);
    }
  }
  expect(refused).toBeGreaterThan(5_000);
  expect(mostBytes).toBeLessThan(2 ** 30);
}, 120_000);
