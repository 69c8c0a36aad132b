import { formatShape, type Shape, sizeOf } from '../../../tensors/tensor.ts';
import type { NodeSite } from '../node-site.ts';
import type { OnnxValue } from '../onnx-value.ts';
import { type OnnxOperator, operator } from '../operator.ts';
import { plus, times } from './scaling.ts';
import {
  needImage,
  readWindowAttributes,
  slidingWindows,
  tapsWithin,
  uncut,
  unfolded,
  type Windows,
} from './windows.ts';

/** What is made of the windows of an image, or of the whole of it, channel by channel. */
export const pooling: readonly OnnxOperator[] = [
  operator('MaxPool', 1, maxPool),
  operator('AveragePool', 7, averagePool),
  operator('LpPool', 2, powerPool),
  global('GlobalMaxPool', 'max'),
  global('GlobalAveragePool', 'mean'),
  operator('GlobalLpPool', 2, (node) => {
    const x = wholeImage(node);
    return powerNorm(node, x, imageAxes(x.shape), true);
  }),
  operator('LRN', 1, localResponse),
];

interface Pooling {
  readonly x: OnnxValue;
  readonly windows: readonly Windows[];
  /** Entries of padding after each axis, where the node states them: a window may reach further. */
  readonly after: readonly number[];
}

function readPooling(node: NodeSite): Pooling {
  const x = needImage(node, node.input(0));
  const axes = x.shape.length - 2;
  const taps =
    node.attributes.ints('kernel_shape') ?? node.refuse('it does not say how large the windows are');
  if (taps.length !== axes || taps.some((count) => count < 1)) {
    node.refuse(`the window ${formatShape(taps)} does not fit an image of shape ${formatShape(x.shape)}`);
  }
  const isCeiled = node.attributes.flag('ceil_mode') ?? false;
  const attributes = readWindowAttributes(node, axes);
  const windows = slidingWindows(node, x.shape, taps, attributes, isCeiled);
  return { x, windows, after: attributes.pads?.after ?? taps.map(() => Number.POSITIVE_INFINITY) };
}

/** Folds the axes of the taps of [n, channels, …taps, …positions]. */
function overTaps(node: NodeSite, op: 'max' | 'sum', patches: OnnxValue): OnnxValue {
  const axes = (patches.shape.length - 2) / 2;
  return node.apply(op, [patches], { axes: Array.from({ length: axes }, (_, i) => 2 + i), keepDims: false });
}

/** The padding is never the largest. The places of the largest are the second output. */
function maxPool(node: NodeSite): readonly OnnxValue[] {
  const { x, windows } = readPooling(node);
  const isColumnMajor = node.attributes.flag('storage_order') ?? false;
  const empty = windows.some((window, axis) => tapsWithin(window, 0, x.shape[2 + axis]).includes(0));
  if (empty) node.refuse('a window lies wholly in the padding');
  const patches = unfolded(node, x, windows, 'lowest');
  const largest = overTaps(node, 'max', patches);
  if (!node.wantsOutput(1)) return [largest];
  return [largest, largestPlaces(node, patches, unfolded(node, numbered(node, x, isColumnMajor), windows))];
}

/** The place of the first largest entry of each window, which must be known: a place has no derivative. */
function largestPlaces(node: NodeSite, patches: OnnxValue, numbers: OnnxValue): OnnxValue {
  const entries = node.needKnown(patches, 'what the places of the largest are asked of');
  const places = node.needKnown(numbers, 'the numbering');
  const axes = (patches.shape.length - 2) / 2;
  const taps = sizeOf(patches.shape.slice(2, 2 + axes));
  const positions = patches.shape.slice(2 + axes);
  const step = sizeOf(positions);
  return node.fold('int64', [...patches.shape.slice(0, 2), ...positions], (i) => {
    const first = Math.floor(i / step) * taps * step + (i % step);
    let best = first;
    for (let tap = 1; tap < taps; tap++) {
      const at = first + tap * step;
      if (entries[at] > entries[best]) best = at;
    }
    return places[best];
  });
}

/** An image that holds the number of each place: row-major, or with the last axis of the lengths slowest. */
function numbered(node: NodeSite, { shape }: OnnxValue, isColumnMajor: boolean): OnnxValue {
  if (!isColumnMajor) return node.fold('int64', shape, (i) => i);
  const lengths = shape.slice(2);
  const turned = node.fold('int64', [...shape.slice(0, 2), ...lengths.toReversed()], (i) => i);
  return node.transpose(turned, [0, 1, ...lengths.map((_, axis) => shape.length - 1 - axis)]);
}

/** Entries of the padding count if the node says so, but never those that a last window reaches beyond it. */
function averagePool(node: NodeSite): OnnxValue {
  const { x, windows, after } = readPooling(node);
  const isCounted = node.attributes.flag('count_include_pad') ?? false;
  const counts = windows.map((window, axis) => {
    const length = x.shape[2 + axis];
    return isCounted
      ? tapsWithin(window, Number.NEGATIVE_INFINITY, length + after[axis])
      : tapsWithin(window, 0, length);
  });
  const products = counts.reduce((all, next) => all.flatMap((count) => next.map((other) => count * other)));
  const shape = windows.map(({ positions }) => positions);
  const sums = overTaps(node, 'sum', unfolded(node, node.needFloat(x), windows));
  return node.apply('divide', [sums, node.constant(x.type, shape, Float64Array.from(products))]);
}

function powerPool(node: NodeSite): OnnxValue {
  const { x, windows } = readPooling(node);
  const patches = unfolded(node, node.needFloat(x), windows);
  const axes = windows.map((_, axis) => 2 + axis);
  return powerNorm(node, patches, axes, false);
}

/** (Σ |x|^p)^(1/p). */
function powerNorm(node: NodeSite, x: OnnxValue, axes: readonly number[], keepDims: boolean): OnnxValue {
  const p = node.attributes.int('p') ?? 2;
  const sumOf = (terms: OnnxValue) => node.apply('sum', [terms], { axes, keepDims });
  if (p === 2) return node.apply('sqrt', [sumOf(node.apply('square', [x]))]);
  const size = node.apply('abs', [x]);
  if (p === 1) return sumOf(size);
  const powers = node.apply('power', [size, node.scalar(p, x)]);
  return node.apply('power', [sumOf(powers), node.scalar(1 / p, x)]);
}

function wholeImage(node: NodeSite): OnnxValue {
  const x = node.needFloat(node.input(0));
  if (x.shape.length >= 3 && sizeOf(x.shape) > 0) return x;
  return node.refuse(`its input has shape ${formatShape(x.shape)}, but it takes [n,channels,…lengths]`);
}

function imageAxes(shape: Shape): number[] {
  return shape.map((_, axis) => axis).slice(2);
}

function global(name: string, op: 'max' | 'mean'): OnnxOperator {
  return operator(name, 1, (node) => {
    const x = wholeImage(node);
    return node.apply(op, [x], { axes: imageAxes(x.shape), keepDims: true });
  });
}

/** x/(bias + alpha/size·Σ x²)^beta, the sum over `size` channels around each (Krizhevsky et al. 2012). */
function localResponse(node: NodeSite): OnnxValue {
  const x = wholeImage(node);
  const { attributes } = node;
  const size = attributes.int('size') ?? node.refuse('it does not say over how many channels');
  const [n, channels, ...lengths] = x.shape;
  // The channels as the one axis of images, so that the sums are over windows.
  const squares = node.reshape(node.apply('square', [x]), [n, 1, channels, sizeOf(lengths)]);
  const alongChannels = { ...uncut(channels), taps: size, start: -Math.floor((size - 1) / 2) };
  const across = uncut(sizeOf(lengths));
  const sums = node.reshape(overTaps(node, 'sum', unfolded(node, squares, [alongChannels, across])), x.shape);
  const base = plus(
    node,
    times(node, sums, (attributes.float('alpha') ?? 0.0001) / size),
    attributes.float('bias') ?? 1,
  );
  const scale = node.apply('power', [base, node.scalar(attributes.float('beta') ?? 0.75, x)]);
  return node.apply('divide', [x, scale]);
}
