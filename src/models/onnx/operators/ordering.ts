import { sizeOf } from '../../../tensors/tensor.ts';
import type { NodeSite } from '../node-site.ts';
import type { OnnxValue } from '../onnx-value.ts';
import { type OnnxOperator, operator } from '../operator.ts';

/** Operators that ask which entries are the largest. That has no derivative, so no θ may move what they look at. */
export const ordering: readonly OnnxOperator[] = [
  operator('ArgMax', 1, (node) => argument(node, 1)),
  operator('ArgMin', 1, (node) => argument(node, -1)),
  operator('TopK', 10, topEntries),
  operator('Hardmax', 1, hardmax),
  operator('NonZero', 9, nonZero),
];

/** A value as lines along one axis: entry j of a line is at `start(line) + j·step`. */
function linesOf({ shape }: OnnxValue, axis: number) {
  const step = sizeOf(shape.slice(axis + 1));
  const length = shape[axis];
  return {
    count: length === 0 ? 0 : sizeOf(shape) / length,
    length,
    step,
    start: (line: number) => Math.floor(line / step) * step * length + (line % step),
  };
}

/** The order in which the entries of a line come, largest first for sign 1; equal ones in their own order. */
function orderOf(entries: Float64Array, start: number, step: number, length: number, sign: number): number[] {
  const at = (j: number) => entries[start + j * step];
  return Array.from({ length }, (_, j) => j).sort((a, b) => sign * (at(b) - at(a)) || a - b);
}

function argument(node: NodeSite, sign: 1 | -1): OnnxValue {
  const x = node.input(0);
  const axis = node.axis(node.attributes.int('axis') ?? 0, x.shape.length);
  const keepDims = node.attributes.flag('keepdims') ?? true;
  const isLast = node.attributes.flag('select_last_index') ?? false;
  const entries = node.needKnown(x, 'the input');
  const { length, step, start } = linesOf(x, axis);
  if (length === 0) node.refuse('it is asked for the largest of no entries');
  const shape = keepDims ? x.shape.with(axis, 1) : x.shape.toSpliced(axis, 1);
  return node.fold('int64', shape, (line) => {
    const from = start(line);
    let best = 0;
    for (let j = 1; j < length; j++) {
      const order = sign * (entries[from + j * step] - entries[from + best * step]);
      if (order > 0 || (isLast && order === 0)) best = j;
    }
    return best;
  });
}

/** The k largest or smallest of each line, and where they are. */
function topEntries(node: NodeSite): readonly OnnxValue[] {
  const x = node.input(0);
  const axis = node.axis(node.attributes.int('axis') ?? -1, x.shape.length);
  const sign = (node.attributes.flag('largest') ?? true) ? 1 : -1;
  // Not sorted means in any order, so that sorted will do.
  node.attributes.flag('sorted');
  const [k] = node.needIntegers(node.input(1), 'k');
  const entries = node.needKnown(x, 'the input');
  const { count, length, step, start } = linesOf(x, axis);
  if (!(k >= 0 && k <= length)) node.refuse(`k is ${k}, but the axis has ${length} entries`);
  const orders = Array.from({ length: count }, (_, line) =>
    orderOf(entries, start(line), step, length, sign),
  );
  const shape = x.shape.with(axis, k);
  const place = (i: number) => {
    const line = Math.floor(i / (step * k)) * step + (i % step);
    return { line, index: orders[line][Math.floor(i / step) % k] };
  };
  const values = node.fold(x.type, shape, (i) => {
    const { line, index } = place(i);
    return entries[start(line) + index * step];
  });
  return [values, node.fold('int64', shape, (i) => place(i).index)];
}

/** 1 where a line is largest for the first time, 0 elsewhere; before opset 13 over all axes from `axis` on. */
function hardmax(node: NodeSite): OnnxValue {
  const given = node.needFloat(node.input(0));
  const rank = given.shape.length;
  const isFlat = node.opset < 13;
  const axis = node.axis(node.attributes.int('axis') ?? (isFlat ? 1 : -1), rank);
  const before = sizeOf(given.shape.slice(0, axis));
  const x = isFlat ? node.reshape(given, [before, sizeOf(given.shape.slice(axis))]) : given;
  const entries = node.needKnown(x, 'the input');
  const { count, length, step, start } = linesOf(x, isFlat ? 1 : axis);
  const result = new Float64Array(sizeOf(x.shape));
  for (let line = 0; line < count; line++) {
    result[start(line) + orderOf(entries, start(line), step, length, 1)[0] * step] = 1;
  }
  return node.constant(x.type, given.shape, result);
}

/** The indices of the entries that are not 0, an axis a row. */
function nonZero(node: NodeSite): OnnxValue {
  const x = node.input(0);
  const entries = node.needKnown(x, 'the input');
  const places = [...entries.keys()].filter((i) => entries[i] !== 0);
  const rows = x.shape.map((length, axis) => {
    const step = sizeOf(x.shape.slice(axis + 1));
    return places.map((place) => Math.floor(place / step) % length);
  });
  return node.constant('int64', [x.shape.length, places.length], Float64Array.from(rows.flat()));
}
