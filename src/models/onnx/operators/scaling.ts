import type { NodeSite } from '../node-site.ts';
import type { OnnxValue } from '../onnx-value.ts';

/** x·factor. */
export function times(node: NodeSite, x: OnnxValue, factor: number): OnnxValue {
  return factor === 1 ? x : node.apply('multiply', [x, node.scalar(factor, x)]);
}

/** x + term. */
export function plus(node: NodeSite, x: OnnxValue, term: number): OnnxValue {
  return term === 0 ? x : node.apply('add', [x, node.scalar(term, x)]);
}

/** number/x. */
export function over(node: NodeSite, number: number, x: OnnxValue): OnnxValue {
  return node.apply('divide', [node.scalar(number, x), x]);
}

/** max(least, min(x, most)), where an infinite bound is none. */
export function clipped(node: NodeSite, x: OnnxValue, least: number, most: number): OnnxValue {
  const raised = least === Number.NEGATIVE_INFINITY ? x : node.apply('maximum', [x, node.scalar(least, x)]);
  return most === Number.POSITIVE_INFINITY ? raised : node.apply('minimum', [raised, node.scalar(most, x)]);
}
