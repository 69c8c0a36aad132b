import { describe, expect, it } from 'vitest';
import { buildLayers } from './layers-cost.ts';

function zeros(...shape: number[]) {
  return { shape, values: new Array<number>(shape.reduce((a, b) => a * b, 1)).fill(0) };
}

/** Faults of one layer of sequences of two examples, three times and four features, with two hidden units. */
function faultsOf(layer: object, theta: object = {}, more: object = {}, beside: object = {}): string[] {
  const model = { layout: 'batch-first', layers: [layer], loss: { type: 'mse', target: 'T' }, ...more };
  const data = {
    X: zeros(2, 3, 4),
    T: zeros(1),
    K: zeros(2, 5, 4),
    V: zeros(2, 5, 2),
    M: zeros(2, 4),
    ...beside,
  };
  const { graph, faults } = buildLayers(model, data, { ...tensors, ...theta });
  expect(graph).toBeUndefined();
  return faults.map(({ pointer, detail }) => `${pointer} ${detail}`);
}

const tensors = {
  ...{ Wx: zeros(8, 4), Wh: zeros(8, 2), bx: zeros(8), bh: zeros(8) },
  ...{ Wi: zeros(12, 4), Wo: zeros(4, 4), bo: zeros(4) },
};
const lstm = { type: 'lstm', inputWeights: 'Wx', hiddenWeights: 'Wh' };
const heads = { type: 'multi-head-attention', heads: 2, inWeights: 'Wi', outWeights: 'Wo' };
const at = '/model/layers/0';

describe('a fault of a recurrent layer', () => {
  it('is an input that is no sequence, or a layout that has none', () => {
    expect(faultsOf({ ...lstm, inputs: ['M'] })).toContain(
      `${at} layers[0] (lstm): its input has shape [2,4], so not the axes of a sequence: it takes [examples,time,features]`,
    );
    const columns = { layout: 'features-first', input: 'M' };
    for (const layer of [
      lstm,
      { ...lstm, type: 'gru' },
      { ...lstm, type: 'rnn' },
      heads,
      { type: 'attention' },
    ])
      expect(faultsOf(layer, {}, columns)[0]).toBe(
        `${at} layers[0] (${layer.type}): needs the layout "batch-first": with "features-first" an activation has two axes, [features,examples]`,
      );
  });

  it('is a shape that does not fit its gates, and names what would', () => {
    expect(faultsOf(lstm, { Wh: zeros(6, 2) })).toEqual([
      `${at}/hiddenWeights layers[0] (lstm): Wh has shape [6,2], but the hidden weights are [4·hidden,hidden]`,
    ]);
    const named = { ...lstm, inputBias: 'bx', hiddenBias: 'bh', initialHidden: 'h', initialCell: 'c' };
    const wrong = { Wx: zeros(8, 3), bx: zeros(4), bh: zeros(8, 1), h: zeros(3, 2), c: zeros(2, 1, 2) };
    expect(faultsOf(named, wrong)).toEqual([
      `${at}/inputWeights layers[0] (lstm): Wx has shape [8,3], but [8,4] would fit`,
      `${at}/inputBias layers[0] (lstm): bx has shape [4], but [8] would fit`,
      `${at}/hiddenBias layers[0] (lstm): bh has shape [8,1], but [8] would fit`,
      `${at}/initialHidden layers[0] (lstm): h has shape [3,2], but [2,2] or [1,2,2] would fit`,
      `${at}/initialCell layers[0] (lstm): c has shape [2,1,2], but [2,2] or [1,2,2] would fit`,
    ]);
  });

  it('is a sequence that is too long to be stepped through', () => {
    const endless = { X: zeros(1, 40_000, 1), Wx: zeros(4, 1), Wh: zeros(4, 1) };
    expect(faultsOf(lstm, endless)).toEqual([
      `${at} layers[0] (lstm): its 40000 steps of time make a model of more than 200000 operations`,
    ]);
  });

  it('is an unknown name, a missing field, or one of another kind of layer', () => {
    expect(faultsOf({ type: 'gru', inputWeights: 'Wx', hiddenWeight: 'Wh', initialCell: 'c' })).toEqual([
      `${at}/hiddenWeight unknown field "hiddenWeight"; did you mean "hiddenWeights"?`,
      `${at}/initialCell unknown field "initialCell"`,
      `${at}/hiddenWeights is missing: it must be a string`,
    ]);
    expect(faultsOf({ ...lstm, hiddenWeights: 'wh' })).toEqual([
      `${at}/hiddenWeights layers[0] (lstm): there is no parameter and no data "wh"; did you mean "Wh"?`,
    ]);
  });
});

describe('a fault of attention', () => {
  it('is a number of heads that does not divide the features', () => {
    expect(faultsOf({ ...heads, heads: 3 })).toEqual([
      `${at}/heads layers[0] (multi-head-attention): 3 heads do not divide queries of shape [2,3,4] and values of [2,3,4]`,
    ]);
  });

  it('is weights that do not fit, each at its place', () => {
    expect(faultsOf(heads, { Wi: zeros(12, 3) })).toEqual([
      `${at}/inWeights layers[0] (multi-head-attention): Wi has shape [12,3], but [12,4] would fit`,
    ]);
    expect(faultsOf(heads, { Wi: zeros(10, 4) })).toEqual([
      `${at}/inWeights layers[0] (multi-head-attention): Wi has shape [10,4], but [3n,features] is wanted`,
    ]);
    expect(faultsOf({ ...heads, outBias: 'bo' }, { Wo: zeros(4, 3) })).toEqual([
      `${at}/outWeights layers[0] (multi-head-attention): Wo has shape [4,3], but the heads have 4 features: [outputs,4] would fit`,
    ]);
    expect(faultsOf({ ...heads, outBias: 'bo' }, { bo: zeros(3) })).toEqual([
      `${at}/outBias layers[0] (multi-head-attention): bo has shape [3], but [4] would fit`,
    ]);
    const inWeights = { query: 'Wo', key: 'Wi', value: 'nowhere' };
    expect(faultsOf({ ...heads, inWeights, inBias: 'bo' })).toEqual([
      `${at}/inWeights/key layers[0] (multi-head-attention): Wi has shape [12,4], but [4,4] would fit`,
      `${at}/inWeights/value layers[0] (multi-head-attention): there is no parameter and no data "nowhere"`,
      `${at}/inBias layers[0] (multi-head-attention): bo has shape [4], but [12] would fit`,
    ]);
    expect(faultsOf({ ...heads, inputs: ['X', 'K', 'V'] })).toEqual([
      `${at}/inWeights layers[0] (multi-head-attention): Wi serves inputs of 4, 4, 2 features: give each its own weights`,
    ]);
  });

  it('is inputs that do not fit each other', () => {
    const bare = { type: 'attention' };
    expect(faultsOf({ ...bare, inputs: ['X', 'V'] }, {}, { input: 'X' })).toEqual([
      `${at} layers[0] (attention): queries of shape [2,3,4], keys of [2,5,2] and values of [2,5,2] do not fit each other`,
    ]);
    expect(faultsOf({ ...bare, inputs: ['X', 'K'], causal: true })).toEqual([
      `${at}/causal layers[0] (attention): causal needs as many queries as keys, not 3 and 5`,
    ]);
    expect(faultsOf({ ...bare, inputs: ['X', 'X', 'X', 'X'] })).toEqual([
      `${at}/inputs layers[0] (attention): takes 1 to 3 inputs, not 4`,
    ]);
  });
});

describe('a fault of a mask of attention', () => {
  const ones = (...shape: number[]) => ({ ...zeros(...shape), values: zeros(...shape).values.map(() => 1) });
  const masked = { type: 'attention', mask: 'mask' };
  const refused = (layer: object, mask: object) => faultsOf(layer, {}, {}, { mask, T: zeros(2, 3, 4) });

  it.each([
    [masked, ones(2, 3), 'mask has shape [2,3], but [3,3] or [2,1,3] or [2,3,3] would fit'],
    [masked, zeros(3, 3), 'mask leaves query 0 of example 0 no key that it sees'],
    [
      { ...masked, causal: true },
      { shape: [2, 1, 3], values: [1, 0, 0, 0, 1, 1] },
      'mask leaves query 0 of example 1 no key that it sees',
    ],
    [
      masked,
      { shape: [3, 3], values: [0, -1e9, 0, 0, 0, 0, 0, 0, 0] },
      'mask holds -1000000000, but is 1 where a query sees a key, and 0 where it does not',
    ],
  ])('%j', (layer, mask, detail) => {
    expect(refused(layer, mask)).toEqual([`${at}/mask layers[0] (attention): ${detail}`]);
  });

  it('is a parameter, or a name that other libraries have for it', () => {
    expect(
      faultsOf({ type: 'attention', mask: 'Wo', attn_mask: 'Wo' }, {}, {}, { T: zeros(2, 3, 4) }),
    ).toEqual([
      `${at}/attn_mask unknown field "attn_mask": use "mask", which is 1 where a query sees a key, or "causal"`,
      `${at}/mask layers[0] (attention): "Wo" is a parameter, but must be data`,
    ]);
  });
});

describe('a fault of a layer that shapes', () => {
  it('is a shape of other size', () => {
    expect(faultsOf({ type: 'reshape', shape: [5, 2] })).toEqual([
      `${at}/shape layers[0] (reshape): [5,2] has 10 entries, but an example of its input, [3,4], has 12`,
    ]);
    expect(faultsOf({ type: 'reshape', shape: [0] })).toEqual([`${at}/shape/0 must be at least 1, not 0`]);
  });

  it('is an order of axes that is none, or that moves the examples', () => {
    expect(faultsOf({ type: 'transpose', axes: [0, 1, 1] })).toEqual([
      `${at}/axes layers[0] (transpose): [0,1,1] is no order of the axes of its input's shape [2,3,4]`,
    ]);
    expect(faultsOf({ type: 'transpose', axes: [1, 0, 2] })).toEqual([
      `${at}/axes layers[0] (transpose): axis 0 is that of the examples, and stays the first`,
    ]);
  });

  it('is examples without features where a layer works on features', () => {
    for (const layer of [{ type: 'softmax' }, { type: 'dense', weights: 'Wo' }])
      expect(faultsOf(layer, { flat: [1, 2] }, { input: 'flat' })[0]).toBe(
        `${at} layers[0] (${layer.type}): its input has shape [2], which is examples without features: [m,1] would fit`,
      );
  });

  it('is a slope that is neither one number nor one per feature', () => {
    expect(faultsOf({ type: 'prelu', slope: 'a' }, { a: [1, 2] })).toEqual([
      `${at}/slope layers[0] (prelu): a has shape [2], but its input has 4 features: [4] or [1,4] would fit`,
    ]);
  });
});
