import { describe, expect, it } from 'vitest';
import { readJob } from '../../src/models/read-job.ts';
import { completedRun } from '../fixtures/numeric-gradient.ts';
import { type WrittenModel, type WrittenNode, writeOnnx } from './onnx-writer.ts';

function node(
  operator: string,
  inputs: string,
  outputs: string,
  attributes: WrittenNode['attributes'] = {},
): WrittenNode {
  return { operator, inputs: inputs.split(' '), outputs: outputs.split(' '), attributes };
}

/** J = Σ (X·w)², with w = (1, 2) and X = ((3, 4)): J = 121. */
const model: WrittenModel = {
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

function faultsOf(file: Partial<WrittenModel>, changed: object = {}) {
  const reading = read(file, changed);
  return reading.kind === 'faults'
    ? reading.faults.map(({ pointer, detail }) => `${pointer}: ${detail}`)
    : [];
}

function reportOf(file: Partial<WrittenModel>, changed: object = {}) {
  const reading = read(file, changed);
  if (reading.kind === 'faults') throw new Error(JSON.stringify(reading.faults));
  return completedRun(reading.job).report(0);
}

describe('an ONNX model', () => {
  it('has the initializers with a claimed gradient as θ', () => {
    expect(reportOf({})).toMatchObject({
      verdict: 'pass',
      cost: 121,
      parameters: [{ name: 'w', shape: [2, 1] }],
    });
  });

  it('with a wrong gradient fails', () => {
    expect(reportOf({}, { gradients: { w: [[66], [80]] } })).toMatchObject({ verdict: 'fail' });
  });

  it('takes other values for its initializers from the parameters of the job', () => {
    const changed = { parameters: { w: [[0], [1]] }, gradients: { w: [[24], [32]] } };
    expect(reportOf({}, changed)).toMatchObject({ verdict: 'pass', cost: 16 });
  });

  it('is known by other names', () => {
    const changed = {
      model: { format: 'onnx', parameterNames: { weights: 'w', inputs: 'X' } },
      data: { inputs: [[3, 4]] },
      gradients: { weights: [[66], [88]] },
    };
    expect(reportOf({}, changed)).toMatchObject({ verdict: 'pass', parameters: [{ name: 'weights' }] });
  });

  it.each([
    ['decimal', 0.1],
    ['float32', Math.fround(0.1)],
  ])('has its float attributes read as %s', (attributePrecision, slope) => {
    const leaky = {
      nodes: [
        node('LeakyRelu', 'X', 'y', { alpha: { float: 0.1 } }),
        node('Mul', 'y w', 'z'),
        node('ReduceSum', 'z', 'J'),
      ],
      initializers: { w: { shape: [1, 1], values: [1] } },
      inputs: { X: [1, 1] },
    };
    const changed = {
      model: { format: 'onnx', attributePrecision },
      data: { X: [[-1]] },
      gradients: { w: [[-slope]] },
    };
    expect(reportOf(leaky, changed).cost).toBe(-slope);
  });

  it('has the cost that is named, if it has several outputs', () => {
    const both = { outputs: ['squares', 'J'] };
    expect(reportOf(both, { model: { format: 'onnx', cost: 'J' } }).cost).toBe(121);
    expect(faultsOf(both)).toEqual([
      '/model: the model has the outputs squares, J: "cost" must name the one that is J',
    ]);
    expect(faultsOf(both, { model: { format: 'onnx', cost: 'K' } })).toEqual([
      expect.stringContaining('/model: the model has no output "K"'),
    ]);
  });

  it.each<[string, Partial<WrittenModel>, object, string]>([
    [
      'an operator that is not there, with the nearest one',
      { nodes: [node('Mull', 'X X', 'J')] },
      {},
      '/model: node 0 (Mull "the Mull"): the operator "Mull" is not supported; did you mean "Mul"?',
    ],
    [
      'operators that run graphs of their own',
      { nodes: [node('Loop', 'X', 'J')] },
      {},
      '/model: node 0 (Loop "the Loop"): Loop runs a graph of its own, which is not supported: export without it',
    ],
    [
      'an attribute that nothing reads',
      { nodes: [node('MatMul', 'X w', 'J', { alpha: 2 })] },
      {},
      '/model: node 0 (MatMul "the MatMul"): the attribute "alpha" is not supported here',
    ],
    [
      'entries dropped at random',
      {
        nodes: [node('Dropout', 'X half yes', 'J')],
        initializers: {
          ...model.initializers,
          half: { shape: [], values: [0.5] },
          yes: { shape: [], values: [1], whole: true },
        },
      },
      {},
      '/model: node 0 (Dropout "the Dropout"): it drops entries at random (training_mode is true, ratio 0.5)',
    ],
    [
      'a whole number made of θ',
      { nodes: [node('Cast', 'w', 'i', { to: 7 }), ...model.nodes] },
      {},
      '/model: node 0 (Cast "the Cast"): what is cast to int64 depends on a parameter, but must be known',
    ],
    [
      'shapes that do not fit',
      { inputs: { X: ['n', 3] } },
      { data: { X: [[1, 2, 3]] } },
      '/model: node 0 (MatMul "the MatMul"): matmul cannot multiply',
    ],
    [
      'a cost that is no number',
      { outputs: ['z'] },
      {
        data: {
          X: [
            [1, 2],
            [3, 4],
          ],
        },
      },
      '/model: the cost "z" has shape [2,1], but J is one number',
    ],
    [
      'an opset beyond those that are read',
      { opset: 99 },
      {},
      '/model: the model is written in opset 99, but opsets 7 to',
    ],
    ['missing data', {}, { data: {} }, '/data/X: is missing: the model takes "X" (float64) of shape [n,2]'],
    [
      'data of another shape',
      {},
      { data: { X: [[1, 2, 3]] } },
      '/data/X: has shape [1,3], but the model declares [n,2]',
    ],
    [
      'data that is not asked for',
      {},
      { data: { X: [[3, 4]], x: 1 } },
      '/data/x: the model has no input and no initializer "x"',
    ],
    [
      'a gradient of nothing',
      {},
      { gradients: { w: [[1], [2]], v: 1 } },
      '/gradients/v: there is no parameter "v"',
    ],
    [
      'a name that is not in the file',
      {},
      { model: { format: 'onnx', parameterNames: { W: 'W.weight' } } },
      '/model/parameterNames/W: the model has no input and no initializer "W.weight"',
    ],
  ])('is refused for %s', (_title, file, changed, fault) => {
    expect(faultsOf(file, changed)).toEqual([expect.stringContaining(fault)]);
  });

  it('is refused if a symbol stands for two lengths', () => {
    const file = {
      nodes: [node('Sub', 'X Y', 'e'), ...model.nodes.slice(0, 1), ...model.nodes.slice(1)],
      inputs: { X: ['n', 2], Y: ['n', 2] },
    };
    const changed = {
      data: {
        X: [[3, 4]],
        Y: [
          [1, 2],
          [3, 4],
        ],
      },
    };
    expect(faultsOf(file, changed)).toEqual([
      '/data/Y: has shape [2,2], but the model declares [n,2], and n is 1 in "X"',
    ]);
  });
});
