import { describe, expect, it } from 'vitest';
import { outputOf } from './onnx-values.ts';
import type { WrittenNode, WrittenTensor } from './onnx-writer.ts';

type Case = readonly [
  title: string,
  opset: number,
  operator: string,
  attributes: WrittenNode['attributes'],
  inputs: readonly (WrittenTensor | undefined)[],
  expected: { readonly shape: readonly number[]; readonly values: readonly number[] } | string,
];

function tensor(shape: readonly number[], ...values: number[]): WrittenTensor {
  return { shape, values };
}

function whole(...values: number[]): WrittenTensor {
  return { shape: [values.length], values, whole: true };
}

/** What one node makes of constants. */
function made(
  opset: number,
  operator: string,
  attributes: WrittenNode['attributes'],
  inputs: Case[4],
  outputs = 1,
) {
  const names = inputs.map((input, i) => (input === undefined ? '' : `x${i}`));
  return outputOf({
    opset,
    nodes: [
      {
        operator,
        inputs: names,
        outputs: Array.from({ length: outputs }, (_, i) => `y${i}`),
        ...(attributes === undefined ? {} : { attributes }),
      },
    ],
    initializers: Object.fromEntries(
      inputs.flatMap((input, i) => (input === undefined ? [] : [[`x${i}`, input] as const])),
    ),
    inputs: {},
    outputs: ['y0'],
  });
}

const square = tensor([2, 2], 1, 2, 3, 6);
const third = 1 / (1 + Math.E);
const cases: readonly Case[] = [
  [
    'Softmax takes one axis, the last',
    13,
    'Softmax',
    {},
    [tensor([1, 2, 2], 0, 1, 5, 6)],
    { shape: [1, 2, 2], values: [third, 1 - third, third, 1 - third] },
  ],
  [
    'Softmax takes all axes from 1 on',
    12,
    'Softmax',
    {},
    [tensor([1, 2, 2], 0, 0, 0, 0)],
    { shape: [1, 2, 2], values: [0.25, 0.25, 0.25, 0.25] },
  ],
  [
    'LogSoftmax takes all axes from the given one on',
    11,
    'LogSoftmax',
    { axis: 0 },
    [tensor([2, 2], 0, 0, 0, 0)],
    { shape: [2, 2], values: new Array(4).fill(-Math.log(4)) },
  ],
  [
    'ReduceSum has its axes as an attribute',
    11,
    'ReduceSum',
    { axes: [0], keepdims: 0 },
    [square],
    { shape: [2], values: [4, 8] },
  ],
  [
    'ReduceSum has its axes as an input',
    13,
    'ReduceSum',
    { keepdims: 0 },
    [square, whole(1)],
    { shape: [2], values: [3, 9] },
  ],
  [
    'ReduceSum refuses axes as an attribute',
    13,
    'ReduceSum',
    { axes: [0] },
    [square],
    'node 0 (ReduceSum "the ReduceSum"): the attribute "axes" is not supported here',
  ],
  [
    'ReduceSum over no axes at all leaves what it takes, if told so',
    13,
    'ReduceSum',
    { noop_with_empty_axes: 1 },
    [square],
    { shape: [2, 2], values: [1, 2, 3, 6] },
  ],
  [
    'ReduceMax has its axes as an attribute',
    13,
    'ReduceMax',
    { axes: [1] },
    [square],
    { shape: [2, 1], values: [2, 6] },
  ],
  [
    'ReduceMax has its axes as an input',
    18,
    'ReduceMax',
    {},
    [square, whole(0)],
    { shape: [1, 2], values: [3, 6] },
  ],
  [
    'Squeeze has its axes as an attribute',
    11,
    'Squeeze',
    { axes: [0] },
    [tensor([1, 2, 1], 1, 2)],
    { shape: [2, 1], values: [1, 2] },
  ],
  [
    'Squeeze has its axes as an input',
    13,
    'Squeeze',
    {},
    [tensor([1, 2, 1], 1, 2), whole(2)],
    { shape: [1, 2], values: [1, 2] },
  ],
  [
    'Unsqueeze has its axes as an attribute',
    11,
    'Unsqueeze',
    { axes: [0, 2] },
    [tensor([2], 1, 2)],
    { shape: [1, 2, 1], values: [1, 2] },
  ],
  [
    'Unsqueeze has its axes as an input',
    13,
    'Unsqueeze',
    {},
    [tensor([2], 1, 2), whole(-1)],
    { shape: [2, 1], values: [1, 2] },
  ],
  [
    'Clip has its bounds as attributes',
    6,
    'Clip',
    { min: { float: 2 }, max: { float: 4 } },
    [square],
    'the model is written in opset 6, but opsets 7 to 27 are read',
  ],
  [
    'Clip has its bounds as attributes',
    10,
    'Clip',
    { min: { float: 2 }, max: { float: 4 } },
    [square],
    { shape: [2, 2], values: [2, 2, 3, 4] },
  ],
  [
    'Clip has its bounds as inputs',
    11,
    'Clip',
    {},
    [square, undefined, tensor([], 2.5)],
    { shape: [2, 2], values: [1, 2, 2.5, 2.5] },
  ],
  [
    'Pad has its lengths as an attribute',
    10,
    'Pad',
    { pads: [0, 1, 0, 0], value: { float: 9 } },
    [square],
    { shape: [2, 3], values: [9, 1, 2, 9, 3, 6] },
  ],
  [
    'Pad has its lengths as an input',
    11,
    'Pad',
    {},
    [square, whole(0, -1, 1, 0), tensor([], 7)],
    { shape: [3, 1], values: [2, 6, 7] },
  ],
  [
    'Pad has axes',
    18,
    'Pad',
    { mode: 'edge' },
    [square, whole(1, 0), undefined, whole(1)],
    { shape: [2, 3], values: [1, 1, 2, 3, 3, 6] },
  ],
  [
    'Slice has its bounds as attributes',
    9,
    'Slice',
    { starts: [1], ends: [2], axes: [1] },
    [square],
    { shape: [2, 1], values: [2, 6] },
  ],
  [
    'Slice has its bounds and steps as inputs',
    10,
    'Slice',
    {},
    [square, whole(-1), whole(-9), whole(0), whole(-1)],
    { shape: [2, 2], values: [3, 6, 1, 2] },
  ],
  [
    'Split has its lengths as an attribute',
    11,
    'Split',
    { axis: 0, split: [1, 1] },
    [square],
    { shape: [1, 2], values: [1, 2] },
  ],
  [
    'Split has its lengths as an input',
    13,
    'Split',
    { axis: 1 },
    [square, whole(2)],
    { shape: [2, 2], values: [1, 2, 3, 6] },
  ],
  [
    'Dropout has its ratio as an attribute, and drops nothing',
    10,
    'Dropout',
    { ratio: { float: 0.5 } },
    [square],
    { shape: [2, 2], values: [1, 2, 3, 6] },
  ],
  [
    'Dropout has its ratio as an input, and drops nothing',
    12,
    'Dropout',
    {},
    [square, tensor([], 0.5)],
    { shape: [2, 2], values: [1, 2, 3, 6] },
  ],
  [
    'Hardmax takes all axes from 1 on',
    11,
    'Hardmax',
    {},
    [tensor([1, 2, 2], 1, 2, 6, 3)],
    { shape: [1, 2, 2], values: [0, 0, 1, 0] },
  ],
  [
    'GroupNormalization has a scale for each group',
    18,
    'GroupNormalization',
    { num_groups: 1, epsilon: { float: 0 } },
    [tensor([1, 2, 1], 1, 3), tensor([1], 2), tensor([1], 5)],
    { shape: [1, 2, 1], values: [3, 7] },
  ],
  [
    'GroupNormalization has a scale for each channel',
    21,
    'GroupNormalization',
    { num_groups: 1, epsilon: { float: 0 } },
    [tensor([1, 2, 1], 1, 3), tensor([2], 2, 3), tensor([2], 5, 6)],
    { shape: [1, 2, 1], values: [3, 9] },
  ],
  [
    'LayerNormalization is not there yet',
    16,
    'LayerNormalization',
    {},
    [square, tensor([2], 1, 1)],
    'node 0 (LayerNormalization "the LayerNormalization"): LayerNormalization came with opset 17, but the model says 16',
  ],
];

describe('an operator in its opset', () => {
  it.each(cases)('%s (opset %i)', (_title, opset, operator, attributes, inputs, expected) => {
    if (typeof expected === 'string') {
      expect(refusalOf(() => made(opset, operator, attributes, inputs))).toBe(expected);
      return;
    }
    const result = made(opset, operator, attributes, inputs);
    if (typeof result === 'string') throw new Error(result);
    expect(result.shape).toEqual(expected.shape);
    result.values.forEach((value, i) => {
      expect(value).toBeCloseTo(expected.values[i], 12);
    });
  });

  const channels = [tensor([2, 1], 1, 3), tensor([1], 1), tensor([1], 0), tensor([1], 10), tensor([1], 4)];
  const epsilon = { float: 0 };

  it('BatchNormalization trains if it has several outputs, up to opset 13', () => {
    expect(made(13, 'BatchNormalization', { epsilon }, channels, 1)).toMatchObject({ values: [-4.5, -3.5] });
    expect(made(13, 'BatchNormalization', { epsilon }, channels, 3)).toMatchObject({ values: [-1, 1] });
  });

  it('BatchNormalization trains if it says so, from opset 14 on', () => {
    expect(made(14, 'BatchNormalization', { epsilon }, channels, 1)).toMatchObject({ values: [-4.5, -3.5] });
    const training = { epsilon, training_mode: 1 };
    expect(made(14, 'BatchNormalization', training, channels, 3)).toMatchObject({ values: [-1, 1] });
  });
});

function refusalOf(run: () => ReturnType<typeof made>): string {
  try {
    const result = run();
    return typeof result === 'string' ? result : 'taken';
  } catch (error) {
    return error instanceof Error ? error.message : '';
  }
}
