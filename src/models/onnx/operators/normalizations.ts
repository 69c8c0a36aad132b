import { formatShape } from '../../../tensors/tensor.ts';
import { elementType } from '../element-type.ts';
import type { NodeSite } from '../node-site.ts';
import type { OnnxValue } from '../onnx-value.ts';
import { type OnnxOperator, operator } from '../operator.ts';
import { over, plus, times } from './scaling.ts';

/** Values brought to mean 0 and variance 1, or to norm 1. */
export const normalizations: readonly OnnxOperator[] = [
  operator('BatchNormalization', 7, batchNormalization),
  operator('InstanceNormalization', 6, instanceNormalization),
  operator('LayerNormalization', 17, layerNormalization),
  operator('GroupNormalization', 18, groupNormalization),
  operator('RMSNormalization', 23, rootMeanSquareNormalization),
  operator('MeanVarianceNormalization', 9, (node) => {
    const x = node.needFloat(node.input(0));
    const axes = node.axes(node.attributes.ints('axes') ?? [0, 2, 3], x.shape.length);
    // ONNX adds 1e-9 to the deviation, not to the variance.
    const { centred, variance } = moments(node, x, axes);
    return node.apply('divide', [centred, plus(node, node.apply('sqrt', [variance]), 1e-9)]);
  }),
  operator('LpNormalization', 1, powerNormalization),
];

/** x less its mean over some axes, and the mean of its square; all keep the axes with length 1. */
function moments(node: NodeSite, x: OnnxValue, axes: readonly number[]) {
  const meanOf = (each: OnnxValue) => node.apply('mean', [each], { axes, keepDims: true });
  const mean = meanOf(x);
  const centred = node.apply('subtract', [x, mean]);
  return { mean, centred, variance: meanOf(node.apply('square', [centred])) };
}

/** √(variance + ε). */
function deviation(node: NodeSite, variance: OnnxValue): OnnxValue {
  return node.apply('sqrt', [plus(node, variance, node.attributes.float('epsilon') ?? 1e-5)]);
}

/** x·scale + bias, where there is a bias. */
function adjusted(node: NodeSite, x: OnnxValue, scale: OnnxValue, bias: OnnxValue | undefined): OnnxValue {
  const scaled = node.apply('multiply', [x, scale]);
  return bias === undefined ? scaled : node.apply('add', [scaled, bias]);
}

/** One number per channel, [channels], so that it broadcasts to a value of so many axes. */
function perChannel(node: NodeSite, numbers: OnnxValue, rank: number): OnnxValue {
  return node.reshape(numbers, [numbers.shape[0], ...new Array<number>(rank - 2).fill(1)]);
}

/**
 * By the running mean and variance, or in training by those of the batch: then the running ones are returned too. Which
 * of the two, opsets before 14 tell by the number of outputs.
 */
function batchNormalization(node: NodeSite): OnnxValue | readonly OnnxValue[] {
  const x = node.needFloat(node.input(0));
  const rank = x.shape.length;
  if (rank < 2)
    node.refuse(`its input has shape ${formatShape(x.shape)}, but it takes [n,channels,…lengths]`);
  const [scale, bias, mean, variance] = [1, 2, 3, 4].map((i) => node.needFloat(node.input(i)));
  const momentum = node.attributes.float('momentum') ?? 0.9;
  if ((node.attributes.int('spatial') ?? 1) !== 1) node.refuse('spatial 0 is not supported');
  const isTraining =
    node.opset < 14 ? node.outputCount > 1 : (node.attributes.flag('training_mode') ?? false);
  const channel = (numbers: OnnxValue) => perChannel(node, numbers, rank);
  if (!isTraining) {
    const centred = node.apply('subtract', [x, channel(mean)]);
    const standard = node.apply('divide', [centred, channel(deviation(node, variance))]);
    return adjusted(node, standard, channel(scale), channel(bias));
  }
  if (node.opset < 14 && node.wantsOutput(3)) node.refuse('the saved mean and variance are not supported');
  const batch = moments(
    node,
    x,
    x.shape.map((_, axis) => axis).filter((axis) => axis !== 1),
  );
  const standard = node.apply('divide', [batch.centred, deviation(node, batch.variance)]);
  const running = (before: OnnxValue, now: OnnxValue) =>
    node.apply('add', [
      times(node, before, momentum),
      times(node, node.reshape(now, before.shape), 1 - momentum),
    ]);
  const result = adjusted(node, standard, channel(scale), channel(bias));
  return [result, running(mean, batch.mean), running(variance, batch.variance)];
}

/** Each channel of each example by itself. */
function instanceNormalization(node: NodeSite): OnnxValue {
  const x = node.needFloat(node.input(0));
  const rank = x.shape.length;
  const { centred, variance } = moments(node, x, x.shape.map((_, axis) => axis).slice(2));
  const standard = node.apply('divide', [centred, deviation(node, variance)]);
  return adjusted(
    node,
    standard,
    perChannel(node, node.input(1), rank),
    perChannel(node, node.input(2), rank),
  );
}

/** Over the axes from `axis` on. The mean and 1/deviation are outputs too. */
function layerNormalization(node: NodeSite): readonly OnnxValue[] {
  const x = node.needFloat(node.input(0));
  readStashType(node);
  const first = node.axis(node.attributes.int('axis') ?? -1, x.shape.length);
  const axes = x.shape.map((_, axis) => axis).slice(first);
  const { mean, centred, variance } = moments(node, x, axes);
  const spread = deviation(node, variance);
  const standard = node.apply('divide', [centred, spread]);
  const result = adjusted(node, standard, node.input(1), node.optional(2));
  return [result, mean, node.wantsOutput(2) ? over(node, 1, spread) : mean];
}

/** The type that the moments are computed in, which here is float64 always. */
function readStashType(node: NodeSite): void {
  const number = node.attributes.int('stash_type') ?? 1;
  if (elementType(number) === undefined) node.refuse(`the stash_type ${number} is not supported`);
}

/** Channels in groups, each by itself; before opset 21 scale and bias are one number per group. */
function groupNormalization(node: NodeSite): OnnxValue {
  const x = node.needFloat(node.input(0));
  readStashType(node);
  const groups = node.attributes.int('num_groups') ?? node.refuse('it does not say in how many groups');
  const [n, channels, ...lengths] = x.shape;
  if (channels % groups !== 0) node.refuse(`${channels} channels cannot be parted into ${groups} groups`);
  const parted = node.reshape(x, [n, groups, channels / groups, ...lengths]);
  const { centred, variance } = moments(node, parted, parted.shape.map((_, axis) => axis).slice(2));
  const standard = node.apply('divide', [centred, deviation(node, variance)]);
  const [scale, bias] = [node.input(1), node.input(2)];
  if (node.opset >= 21) {
    const rank = x.shape.length;
    return adjusted(
      node,
      node.reshape(standard, x.shape),
      perChannel(node, scale, rank),
      perChannel(node, bias, rank),
    );
  }
  const rank = parted.shape.length;
  const perGroup = adjusted(node, standard, perChannel(node, scale, rank), perChannel(node, bias, rank));
  return node.reshape(perGroup, x.shape);
}

/** x/√(mean of squares + ε)·scale over the axes from `axis` on. */
function rootMeanSquareNormalization(node: NodeSite): OnnxValue {
  const x = node.needFloat(node.input(0));
  readStashType(node);
  const first = node.axis(node.attributes.int('axis') ?? -1, x.shape.length);
  const axes = x.shape.map((_, axis) => axis).slice(first);
  const squares = node.apply('mean', [node.apply('square', [x])], { axes, keepDims: true });
  const standard = node.apply('divide', [x, deviation(node, squares)]);
  return node.apply('multiply', [standard, node.input(1)]);
}

/** x over its norm along one axis; a line of zeros stays as it is. */
function powerNormalization(node: NodeSite): OnnxValue {
  const x = node.needFloat(node.input(0));
  const axis = node.axis(node.attributes.int('axis') ?? -1, x.shape.length);
  const p = node.attributes.int('p') ?? 2;
  if (p !== 1 && p !== 2) node.refuse(`p is ${p}, but 1 and 2 are supported`);
  const terms = node.apply(p === 1 ? 'abs' : 'square', [x]);
  const sum = node.apply('sum', [terms], { axes: [axis], keepDims: true });
  const norm = p === 1 ? sum : node.apply('sqrt', [sum]);
  const isZero = node.apply('equal', [norm, node.scalar(0, x)], {}, 'bool');
  const divisor = node.apply('where', [isZero, node.scalar(1, x), norm], {}, x.type);
  return node.apply('divide', [x, divisor]);
}
