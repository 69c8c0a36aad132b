import { formatShape, type Shape, sizeOf } from '../../../tensors/tensor.ts';
import type { NodeSite } from '../node-site.ts';
import type { OnnxValue } from '../onnx-value.ts';

/** Windows along one axis, in the terms of the op `unfold`. */
export interface Windows {
  readonly taps: number;
  readonly positions: number;
  readonly stride: number;
  readonly dilation: number;
  readonly start: number;
  readonly spacing: number;
}

/** How the attributes of a convolution or a pooling place its windows, a number for each axis of the image. */
export interface WindowAttributes {
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Entries of padding; undefined where `auto_pad` says to find them. */
  readonly pads: { readonly before: readonly number[]; readonly after: readonly number[] } | undefined;
  /** Where an odd entry of padding that is found goes. */
  readonly extraAfter: boolean;
}

/** Refuses what is no image [n, channels, …lengths] of one to three axes of lengths. */
export function needImage(node: NodeSite, x: OnnxValue): OnnxValue {
  const axes = x.shape.length - 2;
  if (axes >= 1 && axes <= 3) return x;
  return node.refuse(
    `its input has shape ${formatShape(x.shape)}, but images with one to three axes behind n and the channels are supported`,
  );
}

export function readWindowAttributes(node: NodeSite, axes: number): WindowAttributes {
  const { attributes } = node;
  const each = (attribute: string, fallback: number, least: number) => {
    const numbers = attributes.ints(attribute) ?? new Array<number>(axes).fill(fallback);
    if (numbers.length === axes && numbers.every((number) => number >= least)) return numbers;
    return node.refuse(
      `the attribute ${attribute} is ${formatShape(numbers)}, but the image has ${axes} axes`,
    );
  };
  const strides = each('strides', 1, 1);
  const dilations = each('dilations', 1, 1);
  const auto = node.choice('auto_pad', 'NOTSET', ['NOTSET', 'SAME_UPPER', 'SAME_LOWER', 'VALID']);
  const pads = attributes.ints('pads') ?? new Array<number>(2 * axes).fill(0);
  if (pads.length !== 2 * axes || pads.some((entries) => entries < 0)) {
    node.refuse(`the pads ${formatShape(pads)} are not two for each of ${axes} axes`);
  }
  const none = new Array<number>(axes).fill(0);
  const given =
    auto === 'VALID'
      ? { before: none, after: none }
      : { before: pads.slice(0, axes), after: pads.slice(axes) };
  const isSame = auto === 'SAME_UPPER' || auto === 'SAME_LOWER';
  return { strides, dilations, pads: isSame ? undefined : given, extraAfter: auto !== 'SAME_LOWER' };
}

/**
 * The windows of each axis of an image.
 * @param isCeiled whether a last window may begin inside the image or its first padding and reach over the end
 */
export function slidingWindows(
  node: NodeSite,
  image: Shape,
  taps: readonly number[],
  attributes: WindowAttributes,
  isCeiled: boolean,
): readonly Windows[] {
  const windows = image.slice(2).map((length, axis): Windows => {
    const stride = attributes.strides[axis];
    const dilation = attributes.dilations[axis];
    const extent = dilation * (taps[axis] - 1) + 1;
    const { before, after } = around(attributes, axis, length, extent);
    const steps = (length + before + after - extent) / stride;
    const last =
      isCeiled && Math.ceil(steps) * stride < length + before ? Math.ceil(steps) : Math.floor(steps);
    return { taps: taps[axis], positions: last + 1, stride, dilation, start: -before, spacing: 1 };
  });
  if (windows.every(({ positions }) => positions >= 1)) return windows;
  return node.refuse(
    `its window of ${formatShape(taps)} is larger than the padded image (its input has shape ${formatShape(image)})`,
  );
}

/** SAME gives ⌈length/stride⌉ positions. */
function around(
  { strides, pads, extraAfter }: WindowAttributes,
  axis: number,
  length: number,
  extent: number,
) {
  if (pads !== undefined) return { before: pads.before[axis], after: pads.after[axis] };
  const stride = strides[axis];
  const total = Math.max((Math.ceil(length / stride) - 1) * stride + extent - length, 0);
  const [less, more] = [Math.floor(total / 2), Math.ceil(total / 2)];
  return extraAfter ? { before: less, after: more } : { before: more, after: less };
}

/** What each window sees: [n, channels, …taps, …positions]. Of three axes the first one is cut by itself. */
export function unfolded(
  node: NodeSite,
  x: OnnxValue,
  windows: readonly Windows[],
  padding: 'zero' | 'lowest' = 'zero',
): OnnxValue {
  if (windows.length <= 2) return unfoldedImage(node, x, windows, padding);
  const [n, channels, length, ...rest] = x.shape;
  const [first, ...others] = windows;
  const lines = node.reshape(x, [n, channels, length, sizeOf(rest)]);
  const cut = unfoldedImage(node, lines, [first, uncut(sizeOf(rest))], padding);
  const images = node.reshape(cut, [n, channels * first.taps * first.positions, ...rest]);
  const inner = unfolded(node, images, others, padding);
  const parted = node.reshape(inner, [n, channels, first.taps, first.positions, ...inner.shape.slice(2)]);
  const taps = others.map((_, i) => 4 + i);
  const positions = others.map((_, i) => 4 + others.length + i);
  return node.transpose(parted, [0, 1, 2, ...taps, 3, ...positions]);
}

/** Windows of one entry each. */
export function uncut(length: number): Windows {
  return { taps: 1, positions: length, stride: 1, dilation: 1, start: 0, spacing: 1 };
}

function unfoldedImage(
  node: NodeSite,
  x: OnnxValue,
  windows: readonly Windows[],
  padding: 'zero' | 'lowest',
): OnnxValue {
  node.checkSize([...x.shape.slice(0, 2), ...windows.flatMap(({ taps, positions }) => [taps, positions])]);
  return node.apply('unfold', [x], {
    taps: windows.map(({ taps }) => taps),
    positions: windows.map(({ positions }) => positions),
    strides: windows.map(({ stride }) => stride),
    dilations: windows.map(({ dilation }) => dilation),
    starts: windows.map(({ start }) => start),
    spacings: windows.map(({ spacing }) => spacing),
    padding,
  });
}

/** For each position along an axis, how many taps lie from `least` up to before `most` of the image. */
export function tapsWithin(
  { taps, positions, stride, dilation, start }: Windows,
  least: number,
  most: number,
): number[] {
  return Array.from({ length: positions }, (_, position) => {
    let within = 0;
    for (let tap = 0; tap < taps; tap++) {
      const index = start + position * stride + tap * dilation;
      if (index >= least && index < most) within++;
    }
    return within;
  });
}
