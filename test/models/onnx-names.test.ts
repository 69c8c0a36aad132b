import { describe, expect, it } from 'vitest';
import { faultsOf, model, node, reportOf } from './onnx-square-sum.ts';
import type { WrittenModel } from './onnx-writer.ts';

const { w } = model.initializers;
const squares = model.nodes.slice(1);

describe('the tensors of an ONNX model', () => {
  it('are known by other names', () => {
    const changed = {
      model: { format: 'onnx', parameterNames: { weights: 'w', inputs: 'X' } },
      data: { inputs: [[3, 4]] },
      gradients: { weights: [[66], [88]] },
    };
    expect(reportOf({}, changed)).toMatchObject({ verdict: 'pass', parameters: [{ name: 'weights' }] });
  });

  it('may change names with each other', () => {
    const file = {
      nodes: [node('MatMul', 'X w', 'y'), node('Mul', 'y v', 'z'), ...squares],
      initializers: { w, v: { shape: [2, 1], values: [1, 1] } },
      inputs: { X: [2, 2] },
    };
    const changed = {
      model: { format: 'onnx', parameterNames: { v: 'w', w: 'v' } },
      data: {
        X: [
          [3, 4],
          [0, 0],
        ],
      },
      gradients: { v: [[66], [88]] },
    };
    expect(reportOf(file, changed)).toMatchObject({
      verdict: 'pass',
      cost: 121,
      parameters: [{ name: 'v' }],
    });
  });

  it.each<[string, object, string]>([
    [
      'one that is not in the file',
      { W: 'W.weight' },
      'W: the model has no input and no initializer "W.weight"',
    ],
    ['two for one tensor', { W: 'w', V: 'w' }, 'W: "w" is called "V" too: it may have one name'],
    [
      'one that another tensor has in the file',
      { v: 'w' },
      'v: the model has a tensor "v" already, which must then have another name here too',
    ],
  ])('are refused other names for %s', (_title, parameterNames, fault) => {
    const file = { initializers: { ...model.initializers, v: { shape: [], values: [1] } } };
    expect(faultsOf(file, { model: { format: 'onnx', parameterNames } })).toContainEqual(
      `/model/parameterNames/${fault}`,
    );
  });

  it.each<[string, Partial<WrittenModel>, string]>([
    ['two initializers', { moreInitializers: { w } }, 'to an initializer and to an initializer'],
    [
      'an initializer and what a node gives',
      { nodes: [node('Neg', 'X', 'w'), ...model.nodes] },
      'to an initializer and to an output of node 0 (Neg "the Neg")',
    ],
    [
      'an input and what a node gives',
      { nodes: [node('Neg', 'w', 'X'), ...model.nodes] },
      'to an input and to an output of node 0 (Neg "the Neg")',
    ],
    [
      'what two nodes give',
      { nodes: [node('Neg', 'X', 'z'), ...model.nodes] },
      'to an output of node 0 (Neg "the Neg") and to an output of node 1 (MatMul "the MatMul")',
    ],
  ])('are refused one name for %s', (_title, file, both) => {
    expect(faultsOf(file)).toEqual([expect.stringMatching(/^\/model: the name "\w" is given twice: /)]);
    expect(faultsOf(file)[0]).toContain(both);
  });

  it('may be an initializer and an input, as old files have it', () => {
    expect(reportOf({ opset: 8, inputs: { X: ['n', 2], w: [2, 1] } })).toMatchObject({ verdict: 'pass' });
  });

  it('are constants without a claimed gradient, also where the parameters of the job give their values', () => {
    const file = {
      nodes: [node('MatMul', 'X w', 'y'), node('Mul', 'y k', 'z'), ...squares],
      initializers: { ...model.initializers, k: { shape: [], values: [1] } },
    };
    const doubled = { parameters: { k: 2 }, gradients: { w: [[264], [352]] } };
    expect(reportOf(file, doubled)).toMatchObject({
      cost: 484,
      verdict: 'pass',
      parameters: [{ name: 'w' }],
    });
    expect(faultsOf(file, { parameters: { k: [2, 2] } })).toEqual([
      '/parameters/k: has shape [2], but the model declares []',
    ]);
    expect(faultsOf(file, { parameters: { k: 2 }, data: { X: [[3, 4]], k: 2 } })).toEqual([
      '/data/k: "k" is among the parameters too',
    ]);
  });
});

describe('a claimed gradient', () => {
  it('of an input is taken where the parameters give its value, and asks for it where they do not', () => {
    const file = { initializers: {}, inputs: { X: ['n', 2], w: [2, 1] } };
    expect(reportOf(file, { parameters: { w: [[1], [2]] } })).toMatchObject({ verdict: 'pass', cost: 121 });
    expect(faultsOf(file)).toEqual([
      '/parameters/w: is missing: the model takes "w" as an input, so its value must be given',
    ]);
  });

  it('of what a node computes is refused with the node', () => {
    const changed = { gradients: { w: [[66], [88]], z: [[22]] } };
    expect(faultsOf({}, changed)).toEqual([
      '/gradients/z: "z" is no initializer of the model, but computed by node 0 (MatMul "the MatMul")',
    ]);
  });

  it('of a misspelt initializer is refused with the one that was meant, of those that have no gradient yet', () => {
    const file = {
      nodes: [node('MatMul', 'X norm1.weight', 'z'), ...squares],
      initializers: { 'norm1.weight': w, 'norm3.weight': w },
    };
    const changed = { gradients: { 'norm1.weight': [[66], [88]], 'norm2.weight': [[66], [88]] } };
    expect(faultsOf(file, changed)).toEqual([
      '/gradients/norm2.weight: the model has no initializer "norm2.weight"; did you mean "norm3.weight"?',
    ]);
  });

  it('of nothing is refused, with what may have become of it', () => {
    expect(faultsOf({}, { gradients: { w: [[66], [88]], v: 1 } })).toEqual([
      '/gradients/v: the model has no initializer "v"',
      expect.stringMatching(/^\/model: parameters are missing .* in its place\. Export with nothing folded/),
    ]);
  });

  it('of what an exporter has folded is refused with what to export with', () => {
    const file = {
      nodes: [node('MatMul', 'X onnx::MatMul_7', 'z'), ...squares],
      initializers: { 'onnx::MatMul_7': w },
    };
    const changed = { gradients: { 'first.weight': [[66, 88]], 'second.weight': [[66, 88]] } };
    expect(faultsOf(file, changed)).toEqual([
      '/gradients/first.weight: the model has no initializer "first.weight"',
      '/gradients/second.weight: the model has no initializer "second.weight"',
      expect.stringMatching(
        /^\/model: .*the initializers without a gradient are onnx::MatMul_7\. .*do_constant_folding=False .*optimize=False$/,
      ),
    ]);
  });

  it('is asked for where there is none', () => {
    expect(faultsOf({}, { gradients: {} })).toEqual([
      '/gradients: there must be one of at least one parameter of the model with at least one component',
    ]);
  });
});
