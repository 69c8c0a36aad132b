import { formatShape, sameShape } from '../../../tensors/tensor.ts';
import { isInteger } from '../element-type.ts';
import type { NodeSite } from '../node-site.ts';
import type { OnnxValue } from '../onnx-value.ts';
import { type OnnxOperator, operator } from '../operator.ts';

/** Losses over classes, which are axis 1: [examples, classes, …positions]. */
export const losses: readonly OnnxOperator[] = [
  operator('NegativeLogLikelihoodLoss', 12, (node) => likelihoodLoss(node, node.needFloat(node.input(0)))),
  operator('SoftmaxCrossEntropyLoss', 12, (node) => {
    const logarithms = node.apply('log-softmax', [node.needFloat(node.input(0))], { axis: 1 });
    const loss = likelihoodLoss(node, logarithms);
    return [loss, logarithms];
  }),
];

/** −weight[class]·log p of the class that each target names; `mean` divides by the sum of those weights. */
function likelihoodLoss(node: NodeSite, logarithms: OnnxValue): OnnxValue {
  const reduction = node.choice('reduction', 'mean', ['mean', 'sum', 'none']);
  const { classes, kept, count } = readTarget(node, logarithms);
  const picked = node.apply('negate', [node.apply('pick', [logarithms, classes], { axis: 1 })]);
  const weight = node.optional(2);
  const weights = weight && node.apply('take-rows', [weight, classes], {}, logarithms.type);
  const factor = kept === undefined ? weights : weights ? node.apply('multiply', [weights, kept]) : kept;
  const each = factor === undefined ? picked : node.apply('multiply', [picked, factor]);
  if (reduction === 'none') return each;
  const axes = each.shape.map((_, axis) => axis);
  const sum = node.apply('sum', [each], { axes, keepDims: false });
  if (reduction === 'sum') return sum;
  const divisor =
    weights && factor
      ? node.apply('sum', [factor], { axes, keepDims: false })
      : node.scalar(count, logarithms);
  return node.apply('divide', [sum, divisor]);
}

interface Target {
  /** A class for every position: 0 in the place of one that is ignored. */
  readonly classes: OnnxValue;
  /** 1 where a position counts, 0 where it is ignored; undefined when all count. */
  readonly kept: OnnxValue | undefined;
  readonly count: number;
}

function readTarget(node: NodeSite, logarithms: OnnxValue): Target {
  const target = node.input(1);
  const wanted = logarithms.shape.toSpliced(1, 1);
  if (!isInteger(target.type) || !sameShape(target.shape, wanted)) {
    node.refuse(
      `the target must be whole numbers of shape ${formatShape(wanted)}, not ${target.type} of shape ${formatShape(target.shape)}`,
    );
  }
  const ignored = node.attributes.int('ignore_index');
  const values = node.needIntegers(target, 'the target');
  const count = logarithms.shape[1];
  const wrong = values.find((value) => value !== ignored && (value < 0 || value >= count));
  if (wrong !== undefined) node.refuse(`the target ${wrong} is none of ${count} classes`);
  const left = values.filter((value) => value !== ignored).length;
  if (left === values.length) return { classes: target, kept: undefined, count: left };
  return {
    classes: node.fold('int64', wanted, (i) => (values[i] === ignored ? 0 : values[i])),
    kept: node.constant(
      logarithms.type,
      wanted,
      Float64Array.from(values, (value) => (value === ignored ? 0 : 1)),
    ),
    count: left,
  };
}
