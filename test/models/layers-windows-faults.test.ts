import { describe, expect, it } from 'vitest';
import { buildLayers, type NamedJsonTensors } from './layers-cost.ts';

const zeros = (...shape: number[]) => ({
  shape,
  values: new Array<number>(shape.reduce((size, length) => size * length, 1)).fill(0),
});

/** What is refused of one layer behind an input, each as pointer and detail. */
function faultsOf(
  layer: object,
  X: NamedJsonTensors[string],
  parameters: NamedJsonTensors = {},
  layout = 'batch-first',
) {
  const model = { layout, layers: [layer], loss: { type: 'mse', target: 'T' } };
  return buildLayers(model, { X, T: 0 }, parameters).faults.map(({ pointer, detail }) => [pointer, detail]);
}

const image = zeros(2, 4, 5, 5);
const at = (field: string) => `/model/layers/0/${field}`;

describe('a convolution refuses', () => {
  it.each<[string, object, NamedJsonTensors[string], NamedJsonTensors, string, string]>([
    [
      'an input that is no image',
      {},
      zeros(2, 4),
      { W: zeros(3, 4, 2, 2) },
      '/model/layers/0',
      'its input has shape [2,4], but it takes [examples,channels,rows,columns]',
    ],
    [
      'weights with too few axes',
      {},
      image,
      { W: zeros(3, 4, 2) },
      at('weights'),
      'W has shape [3,4,2], but weights have 4 axes, [outputs,channels / groups,…taps]',
    ],
    [
      'weights for other channels',
      {},
      image,
      { W: zeros(3, 5, 2, 2) },
      at('weights'),
      'W has shape [3,5,2,2], but its input has 4 channels in one group: [3,4,2,2] would fit',
    ],
    [
      'weights for another number of groups',
      { groups: 2 },
      image,
      { W: zeros(4, 4, 2, 2) },
      at('weights'),
      'W has shape [4,4,2,2], but its input has 4 channels in 2 groups: [4,2,2,2] would fit',
    ],
    [
      'groups that do not part the channels',
      { groups: 3 },
      image,
      { W: zeros(3, 4, 2, 2) },
      at('weights'),
      "and its input's 4 channels cannot be parted into 3 groups",
    ],
    [
      'groups that do not part the outputs',
      { groups: 2 },
      image,
      { W: zeros(3, 2, 2, 2) },
      at('weights'),
      'whose 3 outputs cannot be parted into 2 groups',
    ],
    [
      'a window wider than the image',
      { dilation: 3 },
      image,
      { W: zeros(3, 4, 3, 3) },
      '/model/layers/0',
      'its window of [3,3] with dilation [3,3] is larger than the padded image (its input has shape [2,4,5,5])',
    ],
    [
      'a bias for another number of outputs',
      { bias: 'b' },
      image,
      { W: zeros(3, 4, 2, 2), b: zeros(4) },
      at('bias'),
      'b has shape [4], but there are 3 channels: [3] would fit',
    ],
  ])('%s', (_title, fields, X, parameters, pointer, detail) => {
    const faults = faultsOf({ type: 'conv2d', weights: 'W', ...fields }, X, parameters);
    expect(faults).toContainEqual([pointer, expect.stringContaining(detail)]);
  });

  it.each([
    ['stride', 0],
    ['stride', [1, 2, 3]],
    ['padding', -1],
    ['padding', 'full'],
    ['dilation', 1.5],
    ['groups', 0],
    ['stride', 20_000],
  ])('%s %j', (field, value) => {
    const layer = { type: 'conv2d', weights: 'W', [field]: value };
    const faults = faultsOf(layer, image, { W: zeros(3, 4, 2, 2) });
    expect(faults.map(([pointer]) => pointer)).toEqual([expect.stringContaining(at(field))]);
  });
});

describe('a transposed convolution refuses', () => {
  it.each<[string, object, NamedJsonTensors, string, string]>([
    [
      'weights for other channels',
      {},
      { W: zeros(3, 2, 2, 2) },
      at('weights'),
      'W has shape [3,2,2,2], but its input has 4 channels: [4,2,2,2] would fit',
    ],
    [
      'groups that do not part the channels',
      { groups: 3 },
      { W: zeros(4, 2, 2, 2) },
      at('weights'),
      'whose 4 channels cannot be parted into 3 groups',
    ],
    [
      'as much output padding as the stride',
      { stride: 2, outputPadding: 2 },
      { W: zeros(4, 2, 2, 2) },
      at('outputPadding'),
      'must be less than the stride or the dilation',
    ],
    [
      'padding that leaves nothing',
      { padding: 3 },
      { W: zeros(4, 2, 2, 2) },
      at('padding'),
      'its padding leaves nothing of the output (its input has shape [2,4,5,5])',
    ],
  ])('%s', (_title, fields, parameters, pointer, detail) => {
    const faults = faultsOf({ type: 'conv-transpose2d', weights: 'W', ...fields }, image, parameters);
    expect(faults).toContainEqual([pointer, expect.stringContaining(detail)]);
  });
});

describe('a pooling refuses', () => {
  it.each(['max-pool2d', 'average-pool2d'])('%s windows that lie in the padding alone', (type) => {
    expect(faultsOf({ type, size: 2, padding: 2 }, image)).toEqual([
      [at('padding'), expect.stringContaining('has a window that lies wholly in the padding')],
    ]);
  });

  it('a global one of what is no image', () => {
    expect(faultsOf({ type: 'global-max-pool' }, zeros(2, 4))).toEqual([
      [
        '/model/layers/0',
        expect.stringContaining('has shape [2,4], but it takes [examples,channels,…lengths]'),
      ],
    ]);
  });

  it('a dilation of an average', () => {
    expect(faultsOf({ type: 'average-pool2d', size: 2, dilation: 2 }, image)).toContainEqual([
      at('dilation'),
      'unknown field "dilation"',
    ]);
  });
});

describe('a norm refuses', () => {
  it.each<[string, object, NamedJsonTensors[string], NamedJsonTensors, string, string]>([
    [
      'one running statistic without the other',
      { type: 'batch-norm', runningMean: 'm' },
      image,
      { m: zeros(4) },
      '/model/layers/0',
      'needs both running statistics, "runningMean" and "runningVariance", or neither',
    ],
    [
      'a batch of one entry per channel',
      { type: 'batch-norm' },
      zeros(1, 4),
      {},
      '/model/layers/0',
      'one entry per channel has no variance',
    ],
    [
      'a gain for other channels',
      { type: 'batch-norm', gain: 'm' },
      image,
      { m: zeros(5) },
      at('gain'),
      'm has shape [5], but there are 4 channels: [4] would fit',
    ],
    [
      'groups that do not part the channels',
      { type: 'group-norm', groups: 3 },
      image,
      {},
      at('groups'),
      'its input of shape [2,4,5,5] cannot be parted into 3 groups',
    ],
    [
      'more axes than an example has',
      { type: 'layer-norm', axes: 4 },
      image,
      {},
      at('axes'),
      'its input has shape [2,4,5,5], so at most 3 besides the examples',
    ],
    [
      'a gain in another shape than that of its axes',
      { type: 'rms-norm', gain: 'm' },
      image,
      { m: zeros(4) },
      at('gain'),
      'm has shape [4], but [5] would fit',
    ],
  ])('%s', (_title, layer, X, parameters, pointer, detail) => {
    expect(faultsOf(layer, X, parameters)).toContainEqual([pointer, expect.stringContaining(detail)]);
  });
});

describe('an embedding refuses', () => {
  it('indices that name no row, each by its place', () => {
    const faults = faultsOf({ type: 'embedding', weights: 'E' }, [0, 3, 1.5, -1], { E: zeros(3, 2) });
    expect(faults).toEqual(
      [
        [1, 3],
        [2, 1.5],
        [3, -1],
      ].map(([i, index]) => [
        '/model/layers/0',
        expect.stringContaining(`entry ${i} of X is ${index}, but a row is a whole number from 0 to 2`),
      ]),
    );
  });

  it('a table that is no matrix', () => {
    expect(faultsOf({ type: 'embedding', weights: 'E' }, [0], { E: zeros(3) })).toEqual([
      [at('weights'), expect.stringContaining('E has shape [3], but a table has two axes, [rows,features]')],
    ]);
  });

  it('what a layer gives', () => {
    const model = {
      layout: 'batch-first',
      layers: [{ type: 'relu' }, { type: 'embedding', weights: 'E' }],
      loss: { type: 'mse', target: 'T' },
    };
    const { faults } = buildLayers(model, { X: [[0, 1]], T: 0 }, { E: zeros(3, 2) });
    expect(faults.map(({ pointer, detail }) => [pointer, detail])).toEqual([
      ['/model/layers/1', expect.stringContaining('so it must be data, and not what a layer gives')],
    ]);
  });
});

it.each([
  ['conv1d', { weights: 'W' }],
  ['conv2d', { weights: 'W' }],
  ['conv-transpose1d', { weights: 'W' }],
  ['conv-transpose2d', { weights: 'W' }],
  ['max-pool1d', { size: 2 }],
  ['max-pool2d', { size: 2 }],
  ['average-pool1d', { size: 2 }],
  ['average-pool2d', { size: 2 }],
  ['global-max-pool', {}],
  ['global-average-pool', {}],
  ['group-norm', { groups: 2 }],
  ['embedding', { weights: 'W' }],
])('%s needs the layout batch-first, and says so', (type, fields) => {
  const faults = faultsOf({ type, ...fields }, zeros(4, 2), { W: zeros(4, 2) }, 'features-first');
  expect(faults).toContainEqual([
    '/model/layers/0',
    expect.stringContaining('needs the layout "batch-first"'),
  ]);
});
