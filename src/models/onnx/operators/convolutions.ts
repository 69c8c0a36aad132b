import { formatShape, type Shape } from '../../../tensors/tensor.ts';
import type { NodeSite } from '../node-site.ts';
import type { OnnxValue } from '../onnx-value.ts';
import { type OnnxOperator, operator } from '../operator.ts';
import { needImage, readWindowAttributes, slidingWindows, unfolded, type Windows } from './windows.ts';

/** Convolutions of images with one to three axes. */
export const convolutions: readonly OnnxOperator[] = [
  operator('Conv', 1, convolution),
  operator('ConvTranspose', 1, transposedConvolution),
];

/** Weights are [outputs, channels / group, …taps]. */
function convolution(node: NodeSite): OnnxValue {
  const [x, weights] = [needImage(node, node.needFloat(node.input(0))), node.needFloat(node.input(1))];
  const group = node.attributes.int('group') ?? 1;
  const [outputs, depth, ...taps] = weights.shape;
  checkTaps(node, x, weights, taps);
  if (depth * group !== x.shape[1] || outputs % group !== 0) {
    node.refuse(
      `weights of shape ${formatShape(weights.shape)} do not fit ${x.shape[1]} channels in ${group} groups`,
    );
  }
  const windows = slidingWindows(node, x.shape, taps, readWindowAttributes(node, taps.length), false);
  return withBias(node, node.apply('patch-product', [unfolded(node, x, windows), weights]));
}

function checkTaps(node: NodeSite, x: OnnxValue, weights: OnnxValue, taps: Shape): void {
  const stated = node.attributes.ints('kernel_shape') ?? taps;
  if (weights.shape.length === x.shape.length && stated.join() === taps.join()) return;
  node.refuse(
    `weights of shape ${formatShape(weights.shape)} do not fit an image of shape ${formatShape(x.shape)} and a window of ${formatShape(stated)}`,
  );
}

/** Adds a number to each channel, if there is one. */
function withBias(node: NodeSite, images: OnnxValue): OnnxValue {
  const bias = node.optional(2);
  if (bias === undefined) return images;
  const [, channels, ...lengths] = images.shape;
  return node.apply('add', [images, node.reshape(bias, [channels, ...lengths.map(() => 1)])]);
}

/** The transposed map of a convolution. Weights are [channels, outputs / group, …taps]. */
function transposedConvolution(node: NodeSite): OnnxValue {
  const [x, weights] = [needImage(node, node.needFloat(node.input(0))), node.needFloat(node.input(1))];
  const group = node.attributes.int('group') ?? 1;
  const [channels, outputs, ...taps] = weights.shape;
  checkTaps(node, x, weights, taps);
  if (channels !== x.shape[1] || channels % group !== 0) {
    node.refuse(
      `weights of shape ${formatShape(weights.shape)} do not fit ${x.shape[1]} channels in ${group} groups`,
    );
  }
  const parted = node.reshape(weights, [group, channels / group, outputs, ...taps]);
  const turned = node.transpose(parted, [0, 2, 1, ...taps.map((_, axis) => 3 + axis)]);
  const matrix = node.reshape(turned, [outputs * group, channels / group, ...taps]);
  return withBias(
    node,
    node.apply('patch-product', [unfolded(node, x, turnedWindows(node, x.shape, taps)), matrix]),
  );
}

/**
 * Position q of the output takes x[(q + padding − t·dilation) / stride] by tap t, where that is an index: windows that
 * are turned round, on an input with stride − 1 zeros between its entries.
 */
function turnedWindows(node: NodeSite, image: Shape, taps: readonly number[]): Windows[] {
  const { strides, dilations, pads, extraAfter } = readWindowAttributes(node, taps.length);
  const extra = node.attributes.ints('output_padding') ?? taps.map(() => 0);
  const lengths = node.attributes.ints('output_shape');
  return image.slice(2).map((length, axis): Windows => {
    const [stride, dilation] = [strides[axis], dilations[axis]];
    const whole = (length - 1) * stride + dilation * (taps[axis] - 1) + 1 + (extra[axis] ?? 0);
    // Where the length is told, what is over is cut off on both sides.
    const wanted = lengths?.at(axis - taps.length) ?? (pads === undefined ? length * stride : undefined);
    const over = wanted === undefined ? 0 : Math.max(0, whole - wanted);
    const found = extraAfter ? Math.floor(over / 2) : Math.ceil(over / 2);
    const before = wanted === undefined ? (pads?.before[axis] ?? 0) : found;
    const after = pads?.after[axis] ?? 0;
    const positions = wanted ?? whole - before - after;
    if (positions < 1) node.refuse('its padding leaves nothing of the output');
    return { taps: taps[axis], positions, stride: 1, dilation: -dilation, start: before, spacing: stride };
  });
}
