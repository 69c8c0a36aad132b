import { sizeOf } from '../../../tensors/tensor.ts';
import type { NodeSite } from '../node-site.ts';
import type { OnnxValue } from '../onnx-value.ts';
import { type OnnxOperator, operator } from '../operator.ts';
import { each } from './entrywise.ts';

/** Activations of networks. */
export const activations: readonly OnnxOperator[] = [
  operator('Relu', 1, (node) => each(node, node.input(0), 'relu', (entry) => Math.max(entry, 0))),
  entrywise('Sigmoid', 'sigmoid'),
  entrywise('Tanh', 'tanh'),
  operator('Softmax', 1, (node) => overLines(node, 'softmax')),
  operator('LogSoftmax', 1, (node) => overLines(node, 'log-softmax')),
];

function entrywise(name: string, op: string): OnnxOperator {
  return operator(name, 1, (node) => node.apply(op, [node.needFloat(node.input(0))]));
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
