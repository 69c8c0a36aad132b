import { isFloat } from '../element-type.ts';
import type { NodeSite } from '../node-site.ts';
import type { OnnxValue } from '../onnx-value.ts';
import { type OnnxOperator, operator } from '../operator.ts';
import { slicedAlong } from './cutting.ts';

/** Reductions over axes. */
export const reductions: readonly OnnxOperator[] = [
  reduction('ReduceSum', 13, (node, x, reduced) => node.apply('sum', [x], reduced)),
  reduction('ReduceMean', 18, (node, x, reduced) => node.apply('mean', [node.needFloat(x)], reduced)),
  reduction('ReduceMax', 18, (node, x, reduced) => extreme(node, 'max', x, reduced)),
  reduction('ReduceMin', 18, (node, x, reduced) => extreme(node, 'min', x, reduced)),
  reduction('ReduceSumSquare', 18, (node, x, reduced) => node.apply('sum', [squared(node, x)], reduced)),
  reduction('ReduceL1', 18, (node, x, reduced) => node.apply('sum', [node.apply('abs', [x])], reduced)),
  reduction('ReduceL2', 18, (node, x, reduced) =>
    node.apply('sqrt', [node.apply('sum', [squared(node, x)], reduced)]),
  ),
  reduction('ReduceLogSum', 18, (node, x, reduced) => node.apply('log', [node.apply('sum', [x], reduced)])),
  reduction('ReduceLogSumExp', 18, (node, x, reduced) => {
    if (reduced.axes.some((axis) => x.shape[axis] === 0)) {
      return node.apply('log', [node.apply('sum', [x], reduced)]);
    }
    return axisByAxis(node, x, reduced, (each, axis) => node.apply('log-sum-exp', [each], { axis }));
  }),
  reduction('ReduceProd', 18, (node, x, reduced) =>
    axisByAxis(node, x, reduced, (each, axis) => productAlong(node, each, axis)),
  ),
];

/** The axes, from 0 on, and whether they stay with length 1: attributes of the graph's reductions. */
export type Reduced = { readonly axes: readonly number[]; readonly keepDims: boolean };

type Reduce = (node: NodeSite, x: OnnxValue, reduced: Reduced) => OnnxValue;

/** @param inputsSince the opset from which the axes are an input instead of an attribute */
export function reduction(name: string, inputsSince: number, reduce: Reduce): OnnxOperator {
  return operator(name, 1, (node) => {
    const x = node.input(0);
    const reduced = readAxes(node, x, inputsSince);
    // Over no axis, each entry is the only one of its sum.
    const result = reduce(node, x, reduced ?? { axes: [], keepDims: true });
    if (isFloat(x.type)) return result;
    // What is made of whole numbers is computed like floats, and known; a part of them is one too.
    const entries = node.needKnown(result, 'the input');
    return node.fold(x.type, result.shape, (i) => Math.trunc(entries[i]));
  });
}

/** No axes mean all of them, or none at all if the node says so: then undefined. */
function readAxes(node: NodeSite, x: OnnxValue, inputsSince: number): Reduced | undefined {
  const rank = x.shape.length;
  const keepDims = node.attributes.flag('keepdims') ?? true;
  const given = node.opset >= inputsSince ? node.optional(1) : undefined;
  const list = given === undefined ? undefined : node.needIntegers(given, 'axes');
  const named = node.opset >= inputsSince ? list : node.attributes.ints('axes');
  const none = (node.opset >= inputsSince && node.attributes.flag('noop_with_empty_axes')) ?? false;
  if (named !== undefined && named.length > 0) return { axes: node.axes(named, rank), keepDims };
  return none ? undefined : { axes: x.shape.map((_, axis) => axis), keepDims };
}

function squared(node: NodeSite, x: OnnxValue): OnnxValue {
  return node.apply('square', [x]);
}

/** Over no entries it is the number that every other one is beyond. */
function extreme(node: NodeSite, op: 'max' | 'min', x: OnnxValue, reduced: Reduced): OnnxValue {
  if (!reduced.axes.some((axis) => x.shape[axis] === 0)) return node.apply(op, [x], reduced);
  const { shape } = node.apply('sum', [x], reduced);
  const bound = op === 'max' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return node.filled(x.type, shape, bound);
}

/** For what may be taken over one axis after the other. @param over keeps the axis with length 1 */
function axisByAxis(
  node: NodeSite,
  x: OnnxValue,
  { axes, keepDims }: Reduced,
  over: (x: OnnxValue, axis: number) => OnnxValue,
): OnnxValue {
  const folded = axes.reduce(over, x);
  if (keepDims) return folded;
  return node.reshape(
    folded,
    folded.shape.filter((_, axis) => !axes.includes(axis)),
  );
}

/** The product of the entries along an axis: of its halves, entry by entry, until one is left. */
export function productAlong(node: NodeSite, x: OnnxValue, axis: number): OnnxValue {
  const count = x.shape[axis];
  if (count === 0) return node.filled(x.type, x.shape.with(axis, 1), 1);
  if (count === 1) return x;
  const half = Math.floor(count / 2);
  const halves = node.apply('multiply', [
    slicedAlong(node, x, axis, 0, half),
    slicedAlong(node, x, axis, half, 2 * half),
  ]);
  const folded = productAlong(node, halves, axis);
  if (count % 2 === 0) return folded;
  return node.apply('multiply', [folded, slicedAlong(node, x, axis, count - 1, count)]);
}
