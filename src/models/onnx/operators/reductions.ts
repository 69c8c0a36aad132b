import { isFloat } from '../element-type.ts';
import type { NodeSite } from '../node-site.ts';
import type { OnnxValue } from '../onnx-value.ts';
import { type OnnxOperator, operator } from '../operator.ts';

/** Reductions over axes. */
export const reductions: readonly OnnxOperator[] = [
  reduction('ReduceSum', 13, (node, x, reduced) => node.apply('sum', [x], reduced)),
  reduction('ReduceMean', 18, (node, x, reduced) => node.apply('mean', [node.needFloat(x)], reduced)),
];

/** The axes, from 0 on, and whether they stay with length 1: attributes of the graph's reductions. */
export type Reduced = { readonly axes: readonly number[]; readonly keepDims: boolean };

type Reduce = (node: NodeSite, x: OnnxValue, reduced: Reduced) => OnnxValue;

/** @param inputsSince the opset from which the axes are an input instead of an attribute */
export function reduction(name: string, inputsSince: number, reduce: Reduce): OnnxOperator {
  return operator(name, 1, (node) => {
    const x = node.input(0);
    const reduced = readAxes(node, x, inputsSince);
    if (reduced === undefined) return x;
    // Sums of whole numbers are computed like floats, and known; a part of them is one too.
    const result = reduce(node, x, reduced);
    if (isFloat(x.type)) return result;
    const entries = node.needKnown(result, 'the input');
    return node.fold(x.type, result.shape, (i) => entries[i]);
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
