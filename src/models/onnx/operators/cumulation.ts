import { sizeOf } from '../../../tensors/tensor.ts';
import type { NodeSite } from '../node-site.ts';
import type { OnnxValue } from '../onnx-value.ts';
import { type OnnxOperator, operator } from '../operator.ts';
import { joined, paddedAlong, slicedAlong } from './cutting.ts';

/** Sums and products of all entries up to each one along an axis. */
export const cumulation: readonly OnnxOperator[] = [
  operator('CumSum', 11, (node) => cumulated(node, 'add', 0)),
  operator('CumProd', 26, (node) => cumulated(node, 'multiply', 1)),
];

/** @param neutral what the sum or the product of no entries is */
function cumulated(node: NodeSite, op: 'add' | 'multiply', neutral: number): OnnxValue {
  const given = node.input(0);
  const axis = node.axis(node.needIntegers(node.input(1), 'the axis')[0], given.shape.length);
  const isReversed = node.attributes.flag('reverse') ?? false;
  const x = isReversed ? reversed(node, given, axis) : given;
  const length = x.shape[axis];
  // From step to step each entry holds the sum of twice as many before it (Hillis and Steele 1986).
  let sums = x;
  for (let reach = 1; reach < length; reach *= 2) {
    const added = node.apply(op, [
      slicedAlong(node, sums, axis, reach, length),
      slicedAlong(node, sums, axis, 0, length - reach),
    ]);
    sums = joined(node, [slicedAlong(node, sums, axis, 0, reach), added], axis);
  }
  if ((node.attributes.flag('exclusive') ?? false) && sizeOf(x.shape) > 0) {
    const shorter = slicedAlong(node, sums, axis, 0, length - 1);
    sums = paddedAlong(node, shorter, axis, [1, 0], node.scalar(neutral, x));
  }
  return isReversed ? reversed(node, sums, axis) : sums;
}

/** The entries along an axis from the last to the first. */
function reversed(node: NodeSite, x: OnnxValue, axis: number): OnnxValue {
  if (x.shape[axis] === 0) return x;
  return node.apply('slice', [x], {
    starts: x.shape.map((length, i) => (i === axis ? length - 1 : 0)),
    ends: x.shape.map((length, i) => (i === axis ? -1 : length)),
    steps: x.shape.map((_, i) => (i === axis ? -1 : 1)),
  });
}
