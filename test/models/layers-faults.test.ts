import { describe, expect, it } from 'vitest';
import { buildLayers } from './layers-cost.ts';

const X = [
  [1, 2],
  [3, 4],
  [5, 6],
];
const Y = [[0, 1]];
const base = {
  layout: 'features-first',
  layers: [{ type: 'dense', weights: 'W', bias: 'b' }],
  loss: { type: 'mse', target: 'Y' },
};
const theta = { W: [[1, 1, 1]], b: [0] };

function faultsOf(model: object, data: object = {}, parameters: object = {}) {
  const { graph, faults } = buildLayers(
    { ...base, ...model },
    { X, Y, ...data },
    { ...theta, ...parameters },
  );
  expect(graph).toBeUndefined();
  return faults.map(({ pointer, detail }) => `${pointer} ${detail}`);
}

it('a layers model without faults becomes a graph', () => {
  const { graph, faults } = buildLayers(base, { X, Y }, theta);
  expect(faults).toEqual([]);
  expect(graph?.nodes.some((node) => 'source' in node && node.source === 'layers[0] (dense)')).toBe(true);
});

describe('a fault of a layer', () => {
  it.each([
    ['dens', 'there is no layer "dens"; did you mean "dense"? there are dense, relu'],
    ['Relu', 'there is no layer "Relu"; did you mean "relu"?'],
    ['zzz', 'there is no layer "zzz"; there are dense'],
    ['MAX_POOL2D', 'there is no layer "MAX_POOL2D"; did you mean "max-pool2d"?'],
    [
      'Linear',
      'there is no layer "Linear": use "dense"; with "weightLayout": "out-in" its weights are as PyTorch',
    ],
    ['avg-pool2d', 'there is no layer "avg-pool2d": use "average-pool2d"; there are dense'],
    [
      'Conv3d',
      'there is no layer "Conv3d": export the model to the format "onnx", which has it; there are dense',
    ],
    [7, 'the type of a layer must be a string, not 7'],
  ])('says of the type %j what there is', (type, detail) => {
    const faults = faultsOf({ layers: [{ type }, ...base.layers] });
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(`/model/layers/0/type layers[0]: ${detail}`);
  });

  it('names the shapes of weights that do not fit, and what would', () => {
    expect(faultsOf({}, {}, { W: [[1, 1]] })).toEqual([
      '/model/layers/0/weights layers[0] (dense): W has shape [1,2], but its input has 3 features (shape [3,2]): [1,3] would fit',
    ]);
    expect(faultsOf({}, {}, { W: [[1], [1], [1]], b: [0, 0, 0] })[0]).toBe(
      '/model/layers/0/weights layers[0] (dense): W has shape [3,1], but its input has 3 features (shape [3,2]): [3,3] would fit, and so would its transpose',
    );
    expect(faultsOf({}, {}, { W: [1, 1, 1] })).toEqual([
      '/model/layers/0/weights layers[0] (dense): W has shape [3], but weights have two axes, [outputs,inputs]',
    ]);
  });

  it('names the shape of a bias that does not fit, and what would', () => {
    expect(faultsOf({}, {}, { b: [[0, 0]] })).toEqual([
      '/model/layers/0/bias layers[0] (dense): b has shape [1,2], but the layer has 1 outputs: [1,1] or [1] would fit',
    ]);
  });

  it('names unknown tensors with the nearest known one', () => {
    expect(faultsOf({ layers: [{ type: 'dense', weights: 'w', bias: 'bias' }] })).toEqual([
      '/model/layers/0/weights layers[0] (dense): there is no parameter and no data "w"; did you mean "W"?',
      '/model/layers/0/bias layers[0] (dense): there is no parameter and no data "bias"',
    ]);
  });

  it('names unknown, missing and wrong fields', () => {
    const layers = [
      { type: 'relu', slope: 1 },
      { type: 'leaky-relu', slope: 'steep' },
      { type: 'dense', wieghts: 'W', name: 1, inputs: 'X' },
    ];
    expect(faultsOf({ layers })).toEqual([
      '/model/layers/2/name must be a string, not 1',
      '/model/layers/0/slope unknown field "slope"',
      '/model/layers/1/slope must be a finite number, not the string "steep"',
      '/model/layers/2/inputs must be an array, not the string "X"',
      '/model/layers/2/wieghts unknown field "wieghts"; did you mean "weights"?',
      '/model/layers/2/weights is missing: it must be a string',
    ]);
  });

  it('names what to write instead of a field that other libraries have', () => {
    const layers = [
      { type: 'dense', weights: 'W', units: 1, activation: 'relu' },
      { type: 'leaky-relu', negative_slope: 0.1 },
      { type: 'lstm', bidirectional: true, inputWeights: 'W', hiddenWeights: 'W' },
    ];
    expect(faultsOf({ layers }).slice(0, 4)).toEqual([
      '/model/layers/0/units unknown field "units": leave it out: the shape of the weights says it',
      '/model/layers/0/activation unknown field "activation": write the activation as a layer of its own behind this one',
      '/model/layers/1/negative_slope unknown field "negative_slope": the field is "slope"',
      '/model/layers/2/bidirectional unknown field "bidirectional": use one layer of each "direction", and a "concat"',
    ]);
  });

  it('does not hide the faults of the layers after it', () => {
    const layers = [
      { type: 'nonsense' },
      { type: 'dense', weights: 'W' },
      { type: 'tanh' },
      { type: 'dense', weights: 'V' },
      { type: 'dropout', mask: 'M' },
    ];
    expect(
      faultsOf({ layers }, { M: [[1, 1, 1]] }, { V: [[1, 2]] }).map((fault) => fault.split(' ')[0]),
    ).toEqual(['/model/layers/0/type', '/model/layers/3/weights', '/model/layers/4/mask']);
  });

  it('of dropout names a mask that is no data or does not broadcast', () => {
    const layers = [
      { type: 'dropout', mask: 'W' },
      { type: 'dropout', mask: 'M' },
      { type: 'dropout', rate: 1 },
    ];
    expect(faultsOf({ layers }, { M: [1, 2, 3] })).toEqual([
      '/model/layers/0/mask layers[0] (dropout): "W" is a parameter, but must be data',
      "/model/layers/1/mask layers[1] (dropout): M has shape [3], which does not broadcast to its input's [3,2]",
      '/model/layers/2/rate must be less than 1, not 1',
    ]);
  });
});

describe('a fault of the loss', () => {
  it.each([
    [
      { type: 'focal', target: 'Y' },
      '/model/loss/type loss: there is no loss "focal": write the model in the format "expression"; there are mse',
    ],
    [
      { type: 'mse', target: 'Y', labelSmoothing: 0.1 },
      '/model/loss/labelSmoothing unknown field "labelSmoothing": use the targets (1 − ε)·y + ε/classes, y one-hot',
    ],
    [
      { type: 'mse', target: 'Y', class_weights: [1] },
      '/model/loss/class_weights unknown field "class_weights": name as "exampleWeights" the weight that each example has',
    ],
    [
      { type: 'mse', target: 'Y', ignore_index: -100 },
      '/model/loss/ignore_index unknown field "ignore_index": give what is left out any class, and the weight 0',
    ],
    [
      { type: 'mse', target: 'Y', exampleWeights: 'W' },
      '/model/loss/exampleWeights loss (mse): "W" is a parameter, but must be data',
    ],
    [
      { type: 'mse', target: 'Y', exampleWeights: 'three' },
      '/model/loss/exampleWeights loss (mse): three has shape [1,3], but the losses have shape [1,2]: [2] or [1,2] would fit',
    ],
    [
      { type: 'mse', target: 'Y', weight: 'half' },
      '/model/loss/weight must be a finite number, not the string "half"',
    ],
    [{ type: 'huber', target: 'Y', delta: 0 }, '/model/loss/delta must be more than 0, not 0'],
    [
      { type: 'hinge', target: 'Y' },
      '/model/loss/target loss (hinge): Y[0,0] is 0, but a class of the hinge loss is -1 or 1',
    ],
    [
      { type: 'kl-divergence', target: 'negative' },
      '/model/loss/target loss (kl-divergence): negative[0,1] is -1, but a probability is at least 0',
    ],
    [
      { type: 'BCEWithLogitsLoss' },
      'no loss "BCEWithLogitsLoss": use "binary-cross-entropy" with "from": "logits"',
    ],
    [{ type: 'mes', target: 'Y' }, '/model/loss/type loss: there is no loss "mes"; did you mean "mse"?'],
    [undefined, '/model/loss loss: a loss must be an object with a type, not nothing'],
    [{ type: 'mse' }, '/model/loss/target is missing: it must be a string'],
    [
      { type: 'mse', target: 'y' },
      '/model/loss/target loss (mse): there is no parameter and no data "y"; did you mean',
    ],
    [
      { type: 'mse', target: 'Y', reduction: 'avg' },
      '/model/loss/reduction must be "mean" or "sum", not the string "avg"',
    ],
    [
      { type: 'cross-entropy', target: 'Y' },
      '/model/loss loss (cross-entropy): the prediction has one class only',
    ],
  ])('%j is named', (loss, fault) => {
    const faults = faultsOf({ loss }, { negative: [[0, -1]], three: [[1, 1, 1]] });
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(fault);
  });

  it('names the shapes of a target that does not fit, and what would', () => {
    expect(faultsOf({}, { Y: [1, 2, 3] })).toEqual([
      '/model/loss/target loss (mse): Y has shape [3], but the prediction has shape [1,2]: [1,2] or [2] would fit',
    ]);
  });

  it('names each class index that is no class', () => {
    const model = { layers: [{ type: 'relu' }], loss: { type: 'cross-entropy', target: 'Y' } };
    expect(faultsOf(model, { Y: [3, 0.5] })).toEqual([
      '/model/loss/target loss (cross-entropy): Y[0] is 3, but a class is a whole number from 0 to 2',
      '/model/loss/target loss (cross-entropy): Y[1] is 0.5, but a class is a whole number from 0 to 2',
    ]);
    expect(faultsOf({ ...model, loss: { type: 'cross-entropy', target: 'b' } }, {}, { b: [0, 1] })).toEqual([
      '/model/loss/target loss (cross-entropy): b holds class indices, so it must be data, not a parameter',
    ]);
  });
});

describe('a fault of a regulariser', () => {
  const l2 = { type: 'l2', lambda: 1, parameters: ['W'], scale: '1' };
  it.each([
    [
      { ...l2, type: 'dropout' },
      '/type regularization[0]: there is no regulariser "dropout"; there are l1, l2, elastic',
    ],
    [
      { ...l2, scale: undefined },
      '/scale must be "1/(2m)", "1/m", "1/2", "1" or a finite number; there is no default',
    ],
    [
      { type: 'elastic', lambda1: 1, parameters: ['W'], scale: '1' },
      '/lambda2 is missing: it must be a finite number',
    ],
    [{ ...l2, lambda: -1 }, '/lambda must be at least 0, not -1'],
    [{ ...l2, parameters: [] }, '/parameters must not be empty'],
    [
      { ...l2, parameters: ['X'] },
      '/parameters/0 regularization[0] (l2): "X" is data, but must be a parameter',
    ],
    [{ ...l2, parameters: ['W', 'W'] }, '/parameters/1 regularization[0] (l2): "W" is named twice'],
    ['l2', ' regularization[0]: a regulariser must be an object with a type, not the string "l2"'],
  ])('%j is named', (regularizer, fault) => {
    const faults = faultsOf({ regularization: [regularizer] });
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(`/model/regularization/0${fault}`);
  });

  it('in the list itself is named', () => {
    expect(faultsOf({ regularization: l2 })).toEqual([
      '/model/regularization must be an array of regularisers, not an object',
    ]);
  });
});

describe('a fault of the model itself', () => {
  it('in its layout leaves only names to be judged', () => {
    const layers = [
      { type: 'dense', weights: 'W', bias: 'b' },
      { type: 'dense', weights: 'nowhere' },
    ];
    expect(faultsOf({ layout: 'columns', layers }, { X: [[1]] }).map((fault) => fault.split(' ')[0])).toEqual(
      ['/model/layout', '/model/layers/1/weights'],
    );
  });

  it('names an input that is missing, has other axes or no examples', () => {
    expect(faultsOf({ input: 'Z' })[0]).toContain(
      '/model/input input: there is no parameter and no data "Z"',
    );
    expect(faultsOf({}, { X: [1, 2, 3] })[0]).toBe(
      '/model/input input: X has shape [3], but the input has two axes, [features,examples]',
    );
    expect(faultsOf({}, { X: { shape: [3, 0], values: [] }, Y: [] })[0]).toContain('so no examples');
  });

  it('names missing and unknown fields', () => {
    expect(faultsOf({ layers: [], lossy: 1, weightLayout: 'x' }).map((fault) => fault.split(' ')[0])).toEqual(
      ['/model/lossy', '/model/weightLayout', '/model/layers'],
    );
  });

  it('does not repeat the fault of a tensor that could not be read', () => {
    const { graph, faults } = buildLayers(base, { X: [[1], 2], Y }, theta);
    expect(graph).toBeUndefined();
    expect(faults.map(({ pointer }) => pointer)).toEqual(['/data/X/1']);
  });
});
