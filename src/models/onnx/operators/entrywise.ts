import { broadcastShapes, broadcastStrides, offsetTable } from '../../../graph/ops/broadcast.ts';
import { type ElementType, isFloat } from '../element-type.ts';
import type { NodeSite } from '../node-site.ts';
import type { OnnxValue } from '../onnx-value.ts';

/** How two whole numbers are combined when the model is read. */
export type WholeFunction = (left: number, right: number) => number;

/**
 * Two values combined entry by entry, broadcast as NumPy does. Floats go to an op of the graph; whole numbers and
 * truth values, which no parameter moves, are computed at once.
 */
export function combine(
  node: NodeSite,
  op: string,
  whole: WholeFunction,
  left: OnnxValue,
  right: OnnxValue,
  type: ElementType = left.type,
): OnnxValue {
  if (isFloat(left.type)) return node.apply(op, [left, right], {}, type);
  return foldPairs(node, op, whole, left, right, type);
}

/** As `combine` for known values of any type. */
export function foldPairs(
  node: NodeSite,
  name: string,
  whole: WholeFunction,
  left: OnnxValue,
  right: OnnxValue,
  type: ElementType,
): OnnxValue {
  const shape = broadcastShapes(name, [left.shape, right.shape]);
  node.checkFolded(shape);
  const [a, b] = [node.needKnown(left, 'the first input'), node.needKnown(right, 'the second input')];
  const from = offsetTable(shape, broadcastStrides(left.shape, shape));
  const other = offsetTable(shape, broadcastStrides(right.shape, shape));
  return node.fold(type, shape, (i) => whole(a[from[i]], b[other[i]]));
}

/** One value, entry by entry: floats by the graph, whole numbers at once. */
export function each(node: NodeSite, x: OnnxValue, op: string, whole: (entry: number) => number): OnnxValue {
  if (isFloat(x.type)) return node.apply(op, [x]);
  const entries = node.needKnown(x, 'the input');
  return node.fold(x.type, x.shape, (i) => whole(entries[i]));
}

/** As `each`, for functions that are constant piece by piece: their derivative is 0 or none, so that no θ may move x. */
export function eachKnown(
  node: NodeSite,
  x: OnnxValue,
  whole: (entry: number) => number,
  type: ElementType = x.type,
): OnnxValue {
  const entries = node.needKnown(x, 'the input');
  return node.fold(type, x.shape, (i) => whole(entries[i]));
}
