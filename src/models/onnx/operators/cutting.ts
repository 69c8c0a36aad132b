import { formatShape } from '../../../tensors/tensor.ts';
import type { NodeSite } from '../node-site.ts';
import type { OnnxValue } from '../onnx-value.ts';
import { type OnnxOperator, operator } from '../operator.ts';

/** Operators that cut values up and put them together, in order. */
export const cutting: readonly OnnxOperator[] = [
  operator('Concat', 4, concat),
  operator('Split', 2, split),
  operator('Slice', 1, slice),
  operator('Tile', 6, tile),
  operator('CenterCropPad', 18, centerCropPad),
];

/** The entries from `start` up to `end` along one axis. */
export function slicedAlong(
  node: NodeSite,
  x: OnnxValue,
  axis: number,
  start: number,
  end: number,
): OnnxValue {
  if (start === 0 && end === x.shape[axis]) return x;
  return node.apply('slice', [x], {
    starts: x.shape.map((_, i) => (i === axis ? start : 0)),
    ends: x.shape.map((length, i) => (i === axis ? end : length)),
    steps: x.shape.map(() => 1),
  });
}

/** Cuts an axis into pieces of these lengths. */
export function cutAlong(
  node: NodeSite,
  x: OnnxValue,
  axis: number,
  lengths: readonly number[],
): OnnxValue[] {
  let start = 0;
  return lengths.map((length) => {
    start += length;
    return slicedAlong(node, x, axis, start - length, start);
  });
}

/** One value for each index along an axis, which they lose. */
export function unstacked(node: NodeSite, x: OnnxValue, axis: number): OnnxValue[] {
  const lengths = new Array<number>(x.shape[axis]).fill(1);
  const shape = x.shape.toSpliced(axis, 1);
  return cutAlong(node, x, axis, lengths).map((each) => node.reshape(each, shape));
}

/** Puts values side by side along an axis. */
export function joined(node: NodeSite, parts: readonly OnnxValue[], axis: number): OnnxValue {
  return parts.length === 1 ? parts[0] : node.apply('concat', parts, { axis });
}

/** Puts values of one shape side by side along a new axis. */
export function stacked(node: NodeSite, parts: readonly OnnxValue[], axis: number): OnnxValue {
  const rows = parts.map((part) => node.reshape(part, part.shape.toSpliced(axis, 0, 1)));
  return joined(node, rows, axis);
}

/** `before` and `after` entries of one number put around an axis. */
export function paddedAlong(
  node: NodeSite,
  x: OnnxValue,
  axis: number,
  [before, after]: readonly [number, number],
  entry: OnnxValue,
): OnnxValue {
  const filled = (length: number) =>
    length > 0 ? [node.broadcastTo(entry, x.shape.with(axis, length))] : [];
  return joined(node, [...filled(before), x, ...filled(after)], axis);
}

function concat(node: NodeSite): OnnxValue {
  const parts = node.allInputs();
  const axis = node.attributes.int('axis') ?? node.refuse('it does not say along which axis');
  return joined(node, parts, node.axis(axis, parts[0].shape.length));
}

/** The lengths are given, or equal: the last one is shorter where that does not come out even. */
function split(node: NodeSite): readonly OnnxValue[] {
  const x = node.input(0);
  const axis = node.axis(node.attributes.int('axis') ?? 0, x.shape.length);
  const length = x.shape[axis];
  const given = node.opset < 13 ? node.attributes.ints('split') : splitInput(node);
  const lengths = given ?? evenLengths(length, node.attributes.int('num_outputs') ?? node.outputCount);
  const total = lengths.reduce((sum, each) => sum + each, 0);
  if (total !== length || lengths.some((each) => each < 0)) {
    node.refuse(`lengths ${formatShape(lengths)} do not make up axis ${axis} of ${formatShape(x.shape)}`);
  }
  return cutAlong(node, x, axis, lengths);
}

function splitInput(node: NodeSite): readonly number[] | undefined {
  const lengths = node.optional(1);
  return lengths && node.needIntegers(lengths, 'split');
}

function evenLengths(length: number, parts: number): number[] {
  const each = Math.ceil(length / parts);
  return Array.from({ length: parts }, (_, i) => Math.max(0, Math.min(each, length - i * each)));
}

/** Starts, ends and steps as Python has them; inputs from opset 10 on. */
function slice(node: NodeSite): OnnxValue {
  const x = node.input(0);
  const rank = x.shape.length;
  const list = (attribute: string, position: number) => {
    if (node.opset < 10) return node.attributes.ints(attribute);
    const input = node.optional(position);
    return input && node.needIntegers(input, attribute);
  };
  const starts = list('starts', 1) ?? node.refuse('it does not say where to start');
  const ends = list('ends', 2) ?? node.refuse('it does not say where to end');
  const axes = node.axes(list('axes', 3) ?? starts.map((_, axis) => axis), rank);
  const steps = (node.opset < 10 ? undefined : list('steps', 4)) ?? starts.map(() => 1);
  if (ends.length !== starts.length || axes.length !== starts.length || steps.length !== starts.length) {
    node.refuse(`there are ${starts.length} starts, ${ends.length} ends, ${axes.length} axes`);
  }
  if (steps.includes(0)) node.refuse('a step is 0');
  const range = { starts: x.shape.map(() => 0), ends: [...x.shape], steps: x.shape.map(() => 1) };
  for (const [i, axis] of axes.entries()) {
    const length = x.shape[axis];
    // Beyond the axis every step is as good as any other.
    const step = Math.max(-length - 1, Math.min(steps[i], length + 1));
    const [least, most] = step > 0 ? [0, length] : [-1, length - 1];
    const bound = (at: number) => Math.max(least, Math.min(at < 0 ? at + length : at, most));
    range.starts[axis] = bound(starts[i]);
    range.ends[axis] = bound(ends[i]);
    range.steps[axis] = step;
  }
  return node.apply('slice', [x], range);
}

/** As often along each axis as it says: a new axis before each, repeated, and merged with it. */
function tile(node: NodeSite): OnnxValue {
  const x = node.input(0);
  const repeats = node.needIntegers(node.input(1), 'the repeats');
  if (repeats.length !== x.shape.length || repeats.some((count) => count < 0)) {
    node.refuse(`the repeats ${formatShape(repeats)} do not fit the shape ${formatShape(x.shape)}`);
  }
  const parted = x.shape.flatMap((length) => [1, length]);
  const repeated = x.shape.flatMap((length, axis) => [repeats[axis], length]);
  // An axis that is not repeated stays as it is, so that it can be followed through.
  const kept = parted.map((_, i) => i % 2 === 1 || repeats[(i - (i % 2)) / 2] !== 1);
  const wide = node.broadcastTo(
    node.reshape(
      x,
      parted.filter((_, i) => kept[i]),
    ),
    repeated.filter((_, i) => kept[i]),
  );
  return node.reshape(
    wide,
    x.shape.map((length, axis) => length * repeats[axis]),
  );
}

/** Axes cut or padded with zeros on both sides, the odd entry at the end. */
function centerCropPad(node: NodeSite): OnnxValue {
  const x = node.input(0);
  const lengths = node.needIntegers(node.input(1), 'the shape');
  const named = node.attributes.ints('axes') ?? x.shape.map((_, axis) => axis);
  const axes = node.axes(named, x.shape.length);
  if (axes.length !== lengths.length)
    node.refuse(`there are ${axes.length} axes and ${lengths.length} lengths`);
  return axes.reduce((each, axis, i) => {
    const [now, wanted] = [each.shape[axis], lengths[i]];
    if (!(wanted >= 0)) return node.refuse(`the length ${wanted} is none`);
    const before = Math.floor(Math.abs(now - wanted) / 2);
    if (wanted <= now) return slicedAlong(node, each, axis, before, before + wanted);
    return paddedAlong(node, each, axis, [before, wanted - now - before], node.scalar(0, each));
  }, x);
}
