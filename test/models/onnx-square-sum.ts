import { readJob } from '../../src/models/read-job.ts';
import { completedRun } from '../fixtures/numeric-gradient.ts';
import { type WrittenModel, type WrittenNode, writeOnnx } from './onnx-writer.ts';

/** A node with its inputs and outputs parted by blanks. */
export function node(
  operator: string,
  inputs: string,
  outputs: string,
  attributes: WrittenNode['attributes'] = {},
): WrittenNode {
  return { operator, inputs: inputs.split(' '), outputs: outputs.split(' '), attributes };
}

/** A model whose J = Σ (X·w)², with w = (1, 2) and X = ((3, 4)): J = 121. */
export const model: WrittenModel = {
  opset: 17,
  nodes: [
    node('MatMul', 'X w', 'z'),
    node('Mul', 'z z', 'squares'),
    node('ReduceSum', 'squares', 'J', { keepdims: 0 }),
  ],
  initializers: { w: { shape: [2, 1], values: [1, 2] } },
  inputs: { X: ['n', 2] },
  outputs: ['J'],
};
const document = { data: { X: [[3, 4]] }, gradients: { w: [[66], [88]] }, model: { format: 'onnx' } };

function read(file: Partial<WrittenModel>, changed: object = {}) {
  return readJob({ ...document, ...changed }, { model: writeOnnx({ ...model, ...file }) });
}

/** What is wrong with a job of the model so changed: `pointer: detail`. */
export function faultsOf(file: Partial<WrittenModel>, changed: object = {}) {
  const reading = read(file, changed);
  return reading.kind === 'faults'
    ? reading.faults.map(({ pointer, detail }) => `${pointer}: ${detail}`)
    : [];
}

/** @throws when there are faults */
export function reportOf(file: Partial<WrittenModel>, changed: object = {}) {
  const reading = read(file, changed);
  if (reading.kind === 'faults') throw new Error(JSON.stringify(reading.faults));
  return completedRun(reading.job).report(0);
}
