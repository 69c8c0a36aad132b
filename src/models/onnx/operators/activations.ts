import { sizeOf } from '../../../tensors/tensor.ts';
import type { NodeSite } from '../node-site.ts';
import type { OnnxValue } from '../onnx-value.ts';
import { type OnnxOperator, operator } from '../operator.ts';
import { each } from './entrywise.ts';
import { clipped, plus, times } from './scaling.ts';

type Formula = (node: NodeSite, z: OnnxValue) => OnnxValue;

/** Activations of networks. */
export const activations: readonly OnnxOperator[] = [
  operator('Relu', 1, (node) => each(node, node.input(0), 'relu', (entry) => Math.max(entry, 0))),
  entrywise('Sigmoid', 1, (node, z) => node.apply('sigmoid', [z])),
  entrywise('Tanh', 1, (node, z) => node.apply('tanh', [z])),
  entrywise('Softplus', 1, (node, z) => node.apply('softplus', [z])),
  entrywise('LeakyRelu', 1, (node, z) =>
    node.apply('leaky-relu', [z], { slope: node.attributes.float('alpha') ?? 0.01 }),
  ),
  entrywise('ThresholdedRelu', 10, thresholdedRelu),
  entrywise('PRelu', 1, (node, z) => {
    const { above, below } = halves(node, z);
    return node.apply('add', [above, node.apply('multiply', [below, node.input(1)])]);
  }),
  entrywise('Elu', 1, (node, z) => exponentialUnit(node, z, 1, node.attributes.float('alpha') ?? 1)),
  entrywise('Selu', 1, (node, z) => {
    // Klambauer et al., "Self-normalizing neural networks" (2017), to the digits that ONNX gives.
    const alpha = node.attributes.float('alpha') ?? 1.6732632423543772;
    const gamma = node.attributes.float('gamma') ?? 1.0507009873554805;
    return exponentialUnit(node, z, gamma, gamma * alpha);
  }),
  entrywise('Celu', 12, (node, z) => {
    const alpha = node.attributes.float('alpha') ?? 1;
    const { above, below } = halves(node, z);
    const exponential = node.apply('expm1', [node.apply('divide', [below, node.scalar(alpha, z)])]);
    return node.apply('add', [above, times(node, exponential, alpha)]);
  }),
  entrywise('Gelu', 20, gelu),
  entrywise('Softsign', 1, (node, z) => node.apply('divide', [z, plus(node, node.apply('abs', [z]), 1)])),
  entrywise('HardSigmoid', 1, (node, z) => {
    const slope = node.attributes.float('alpha') ?? 0.2;
    return clipped(node, plus(node, times(node, z, slope), node.attributes.float('beta') ?? 0.5), 0, 1);
  }),
  entrywise('HardSwish', 14, (node, z) => {
    const gate = node.apply('divide', [clipped(node, plus(node, z, 3), 0, 6), node.scalar(6, z)]);
    return node.apply('multiply', [z, gate]);
  }),
  entrywise('Swish', 24, (node, z) => {
    const gate = node.apply('sigmoid', [times(node, z, node.attributes.float('alpha') ?? 1)]);
    return node.apply('multiply', [z, gate]);
  }),
  entrywise('Mish', 18, (node, z) =>
    node.apply('multiply', [z, node.apply('tanh', [node.apply('softplus', [z])])]),
  ),
  entrywise('Shrink', 9, shrink),
  operator('Softmax', 1, (node) => overLines(node, 'softmax')),
  operator('LogSoftmax', 1, (node) => overLines(node, 'log-softmax')),
];

function entrywise(name: string, since: number, formula: Formula): OnnxOperator {
  return operator(name, since, (node) => formula(node, node.needFloat(node.input(0))));
}

/** max(z, 0) and min(z, 0) by a single piecewise op, so that there is a single kink to judge slopes at. */
function halves(node: NodeSite, z: OnnxValue): { readonly above: OnnxValue; readonly below: OnnxValue } {
  const above = node.apply('relu', [z]);
  return { above, below: node.apply('subtract', [z, above]) };
}

/** scale·max(z, 0) + steepness·(e^min(z, 0) − 1): nothing overflows, and expm1 loses nothing near 0. */
function exponentialUnit(node: NodeSite, z: OnnxValue, scale: number, steepness: number): OnnxValue {
  const { above, below } = halves(node, z);
  const exponential = times(node, node.apply('expm1', [below]), steepness);
  return node.apply('add', [times(node, above, scale), exponential]);
}

/** ½z·(1 + erf(z/√2)), or its approximation by tanh (Hendrycks and Gimpel 2016). */
function gelu(node: NodeSite, z: OnnxValue): OnnxValue {
  const bend =
    node.choice('approximate', 'none', ['none', 'tanh']) === 'none' ? erfOf(node, z) : tanhOf(node, z);
  return node.apply('multiply', [times(node, z, 0.5), plus(node, bend, 1)]);
}

function erfOf(node: NodeSite, z: OnnxValue): OnnxValue {
  return node.apply('erf', [times(node, z, Math.SQRT1_2)]);
}

function tanhOf(node: NodeSite, z: OnnxValue): OnnxValue {
  const cube = node.apply('multiply', [node.apply('square', [z]), z]);
  const inner = node.apply('add', [z, times(node, cube, 0.044715)]);
  return node.apply('tanh', [times(node, inner, Math.sqrt(2 / Math.PI))]);
}

function thresholdedRelu(node: NodeSite, z: OnnxValue): OnnxValue {
  const isAbove = node.apply('greater', [z, node.scalar(node.attributes.float('alpha') ?? 1, z)], {}, 'bool');
  return node.apply('where', [isAbove, z, node.scalar(0, z)], {}, z.type);
}

/** z + bias below −lambd, z − bias above lambd, 0 between. */
function shrink(node: NodeSite, z: OnnxValue): OnnxValue {
  const bias = node.attributes.float('bias') ?? 0;
  const lambda = node.attributes.float('lambd') ?? 0.5;
  const isAbove = node.apply('greater', [z, node.scalar(lambda, z)], {}, 'bool');
  const isBelow = node.apply('less', [z, node.scalar(-lambda, z)], {}, 'bool');
  const inner = node.apply('where', [isBelow, plus(node, z, bias), node.scalar(0, z)], {}, z.type);
  return node.apply('where', [isAbove, plus(node, z, -bias), inner], {}, z.type);
}

/** Along one axis from opset 13 on; before that over all axes from `axis`, 1 by default, to the last one. */
function overLines(node: NodeSite, op: string): OnnxValue {
  const x = node.needFloat(node.input(0));
  const rank = x.shape.length;
  if (node.opset >= 13) {
    const axis = node.axis(node.attributes.int('axis') ?? -1, rank);
    return node.apply(op, [x], { axis });
  }
  const given = node.attributes.int('axis') ?? 1;
  const axis = given === rank ? rank : node.axis(given, rank);
  const lines = [sizeOf(x.shape.slice(0, axis)), sizeOf(x.shape.slice(axis))];
  return node.reshape(node.apply(op, [node.reshape(x, lines)], { axis: 1 }), x.shape);
}
