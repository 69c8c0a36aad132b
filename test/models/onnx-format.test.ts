import { describe, expect, it } from 'vitest';
import { faultsOf, model, node, reportOf } from './onnx-square-sum.ts';
import type { WrittenModel } from './onnx-writer.ts';

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
      'functions that the file defines itself',
      {
        nodes: [{ ...node('Squared', 'X', 'J'), domain: 'my' }],
        functions: { my: 'Squared' },
      },
      {},
      '/model: node 0 (Squared "the Squared"): "Squared" is a function that the model defines, which is not supported: inline it',
    ],
    [
      'operators of other domains',
      { nodes: [{ ...node('Scaler', 'X', 'J'), domain: 'ai.onnx.ml' }] },
      {},
      '/model: node 0 (Scaler "the Scaler"): operators of the domain "ai.onnx.ml" are not supported',
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
      'places of the largest of what θ moves',
      {
        nodes: [
          { operator: 'MaxPool', inputs: ['w'], outputs: ['J', 'i'], attributes: { kernel_shape: [2] } },
        ],
        initializers: { w: { shape: [1, 1, 2], values: [1, 2] } },
      },
      { gradients: { w: [[[0, 1]]] } },
      '/model: node 0 (MaxPool "the MaxPool"): what the places of the largest are asked of depends on a parameter',
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
