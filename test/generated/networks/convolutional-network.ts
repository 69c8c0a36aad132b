import type { Shape } from '../../../src/tensors/tensor.ts';
import { addActivation } from './activation-layers.ts';
import type { Draft, Layer } from './draft.ts';

type Axes = 1 | 2;

/** Channels and lengths of an image: [channels, …lengths]. */
type Image = Shape;

/** A convolution of any kind, a norm, an activation and a pooling; then a dense layer. */
export function drawConvolutional(draft: Draft): Shape {
  const { draws, examples } = draft;
  const axes = draws.oneOf([1, 2] as const);
  const lengths = Array.from({ length: axes }, () =>
    axes === 1 ? draws.between(6, 8) : draws.between(4, 5),
  );
  draft.input([examples, 2, ...lengths]);
  let image: Image = [2, ...lengths];
  image = draws.chance(0.25) ? transposedConvolution(draft, image, axes) : convolution(draft, image, axes);
  normalise(draft, image[0]);
  // The features of an image are its last axis, so that only activations entry by entry are usual here.
  draft.add({ type: draws.oneOf(['relu', 'tanh', 'leaky-relu', 'silu', 'gelu', 'elu']) });
  if (axes === 1 && draws.chance(0.3)) image = convolution(draft, image, axes);
  const features = pool(draft, image, axes);
  if (draws.chance(0.3)) addActivation(draft, features);
  const outputs = draws.between(2, 4);
  draft.dense(features, outputs);
  return draft.across(outputs);
}

function convolution(draft: Draft, [channels, ...lengths]: Image, axes: Axes): Image {
  const { draws } = draft;
  const groups = channels % 2 === 0 ? draws.oneOf([1, 1, 2]) : 1;
  const outputs = groups * draws.between(1, 2);
  const taps = lengths.map((length) => draws.between(2, Math.min(3, length)));
  const stride = draws.oneOf([1, 1, 2]);
  const padding = draws.oneOf([0, 1, 'same', 'valid'] as const);
  const fits = lengths.every((length, axis) => length > 2 * (taps[axis] - 1));
  const dilation = fits ? draws.oneOf([1, 1, 2]) : 1;
  draft.add({
    type: `conv${axes}d`,
    weights: draft.weight([outputs, channels / groups, ...taps], (channels / groups) * 2 * axes),
    ...(draws.chance(0.7) ? { bias: draft.bias([outputs]) } : {}),
    stride,
    padding,
    dilation,
    groups,
  });
  return [
    outputs,
    ...lengths.map((length, axis) => {
      if (padding === 'same') return Math.ceil(length / stride);
      const padded = length + (padding === 1 ? 2 : 0);
      return Math.floor((padded - dilation * (taps[axis] - 1) - 1) / stride) + 1;
    }),
  ];
}

function transposedConvolution(draft: Draft, [channels, ...lengths]: Image, axes: Axes): Image {
  const { draws } = draft;
  const groups = draws.oneOf([1, 2]);
  const outputs = groups * draws.between(1, 2);
  const stride = draws.between(1, 2);
  const padding = draws.between(0, 1);
  const outputPadding = stride === 2 ? draws.between(0, 1) : 0;
  draft.add({
    type: `conv-transpose${axes}d`,
    weights: draft.weight([channels, outputs / groups, ...lengths.map(() => 2)], 4),
    ...(draws.chance(0.7) ? { bias: draft.bias([outputs]) } : {}),
    stride,
    padding,
    outputPadding,
    groups,
  });
  return [outputs, ...lengths.map((length) => (length - 1) * stride + 2 - 2 * padding + outputPadding)];
}

/** Batch norm in training or with running statistics, group norm, or none. */
function normalise(draft: Draft, channels: number): void {
  const type = draft.draws.oneOf(['batch-norm', 'batch-norm', 'running', 'group-norm', 'none'] as const);
  if (type !== 'none') draft.add(norm(draft, type, channels));
}

function norm(draft: Draft, type: 'batch-norm' | 'running' | 'group-norm', channels: number): Layer {
  const { draws, data } = draft;
  const affine = { gain: draft.parameter('g', [channels], 0.2, 1), bias: draft.bias([channels]) };
  if (type === 'batch-norm') return { type, ...affine };
  if (type === 'group-norm') {
    return { type, groups: channels % 2 === 0 ? draws.oneOf([1, 2]) : 1, ...affine };
  }
  data.set(
    'mean',
    draws.nested([channels], () => 0.3 * draws.normal()),
  );
  data.set(
    'variance',
    draws.nested([channels], () => 0.5 + Math.abs(draws.normal())),
  );
  return { type: 'batch-norm', ...affine, runningMean: 'mean', runningVariance: 'variance' };
}

/** Makes features of the image and returns their number. */
function pool(draft: Draft, image: Image, axes: Axes): number {
  const { draws } = draft;
  const [channels, ...lengths] = image;
  const type = draws.oneOf([
    'max',
    'max',
    'average',
    'average',
    'global-max',
    'global-average',
    'none',
  ] as const);
  if (type === 'global-max' || type === 'global-average') {
    draft.add({ type: `${type}-pool` });
    return channels;
  }
  const flat = (sizes: Shape) => {
    draft.add({ type: 'flatten' });
    return sizes.reduce((product, length) => product * length, channels);
  };
  if (type === 'none' || Math.min(...lengths) < 2) return flat(lengths);
  const stride = draws.between(1, 2);
  const padding = draws.between(0, 1);
  draft.add({
    type: `${type}-pool${axes}d`,
    size: 2,
    stride,
    padding,
    ...(type === 'average' ? { countPadding: draws.chance(0.5) } : {}),
  });
  return flat(lengths.map((length) => Math.floor((length + 2 * padding - 2) / stride) + 1));
}
