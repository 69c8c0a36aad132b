import { z } from 'zod';
import { formatShape, type Shape } from '../../tensors/tensor.ts';
import type { MaybeNode, Site } from './site.ts';

/** How many axes the images of a layer have: 1 for [examples, channels, length], 2 for [examples, channels, rows, columns]. */
export type ImageAxes = 1 | 2;

/** Windows along one axis, in the terms of the op `unfold`. */
export interface Windows {
  readonly taps: number;
  readonly positions: number;
  readonly stride: number;
  readonly dilation: number;
  readonly start: number;
  readonly spacing: number;
}

/** Most that a window may be wide, or move by. */
const mostSteps = 10_000;

/** A whole number from `least` on, the same for every axis of the image or one for each. */
export function perAxis(axes: ImageAxes, least: 0 | 1) {
  const count = z.number().int().min(least).max(mostSteps);
  return z.union([count, z.array(count).length(axes)]);
}

export function paddingSchema(axes: ImageAxes) {
  return z
    .union([perAxis(axes, 0), z.enum(['same', 'valid'])])
    .default(0)
    .describe(
      'Entries put before and after each axis. "valid" is 0. "same" gives ⌈length/stride⌉ positions; where the ' +
        'padding cannot be halved, the larger half comes after.',
    );
}

type Padding = number | readonly number[] | 'same' | 'valid';

/** One number for each axis. */
export function eachAxis(value: number | readonly number[], axes: ImageAxes): readonly number[] {
  return typeof value === 'number' ? new Array<number>(axes).fill(value) : value;
}

/** The shape of an activation that holds images of so many axes; anything else is a fault. */
export function imageShape(input: MaybeNode, axes: ImageAxes, site: Site): Shape | undefined {
  const shape = site.shapeOf(input);
  if (shape === undefined || shape.length === axes + 2) return shape;
  const wanted = axes === 1 ? '[examples,channels,length]' : '[examples,channels,rows,columns]';
  site.fault(`its input has shape ${formatShape(shape)}, but it takes ${wanted}`);
  return undefined;
}

/** What a layer says of its windows. */
export interface WindowFields {
  readonly stride: number | readonly number[];
  readonly padding: Padding;
  readonly dilation: number | readonly number[];
}

/** The windows of each axis of an image. Windows wider than the padded image are a fault. */
export function slidingWindows(
  image: Shape,
  taps: readonly number[],
  { stride, padding, dilation }: WindowFields,
  site: Site,
): readonly Windows[] | undefined {
  const axes = taps.length === 1 ? 1 : 2;
  const lengths = image.slice(2);
  const strides = eachAxis(stride, axes);
  const dilations = eachAxis(dilation, axes);
  const windows = lengths.map((length, axis): Windows => {
    const extent = dilations[axis] * (taps[axis] - 1) + 1;
    const around = padded(padding, axis, length, extent, strides[axis]);
    const free = length + around.before + around.after - extent;
    return {
      taps: taps[axis],
      positions: Math.floor(free / strides[axis]) + 1,
      stride: strides[axis],
      dilation: dilations[axis],
      start: -around.before,
      spacing: 1,
    };
  });
  if (windows.every(({ positions }) => positions >= 1)) return windows;
  site.fault(
    `its window of ${formatShape(taps)} with dilation ${formatShape(dilations)} is larger than the padded image ` +
      `(its input has shape ${formatShape(image)})`,
  );
  return undefined;
}

/** Entries before and after an axis. "same" as in TensorFlow's SAME, which at stride 1 is PyTorch's "same". */
function padded(padding: Padding, axis: number, length: number, extent: number, stride: number) {
  if (padding === 'valid') return { before: 0, after: 0 };
  if (padding === 'same') {
    const total = Math.max((Math.ceil(length / stride) - 1) * stride + extent - length, 0);
    return { before: Math.floor(total / 2), after: Math.ceil(total / 2) };
  }
  const entries = typeof padding === 'number' ? padding : padding[axis];
  return { before: entries, after: entries };
}

/** For each position along an axis, how many entries of a window lie on the image and not on its padding. */
export function entriesInside(
  { taps, positions, stride, dilation, start }: Windows,
  length: number,
): number[] {
  return Array.from({ length: positions }, (_, position) => {
    const first = start + position * stride;
    let inside = 0;
    for (let tap = 0; tap < taps; tap++) {
      const index = first + tap * dilation;
      if (index >= 0 && index < length) inside++;
    }
    return inside;
  });
}

/** What each window sees: [examples, channels, …taps, …positions]. */
export function unfold(
  input: MaybeNode,
  windows: readonly Windows[],
  padding: 'zero' | 'lowest',
  site: Site,
): MaybeNode {
  return site.apply('unfold', [input], {
    taps: windows.map(({ taps }) => taps),
    positions: windows.map(({ positions }) => positions),
    strides: windows.map(({ stride }) => stride),
    dilations: windows.map(({ dilation }) => dilation),
    starts: windows.map(({ start }) => start),
    spacings: windows.map(({ spacing }) => spacing),
    padding,
  });
}
