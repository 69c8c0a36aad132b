import type { NodeSite } from '../node-site.ts';
import type { OnnxValue } from '../onnx-value.ts';
import { type OnnxOperator, operator } from '../operator.ts';
import { times } from './scaling.ts';

/** Products of matrices. */
export const products: readonly OnnxOperator[] = [
  operator('MatMul', 1, (node) => product(node, node.input(0), node.input(1), {})),
  operator('Gemm', 7, gemm),
];

function product(
  node: NodeSite,
  left: OnnxValue,
  right: OnnxValue,
  transposes: { readonly transposeA?: boolean; readonly transposeB?: boolean },
): OnnxValue {
  return node.apply('matmul', [node.needFloat(left), node.needFloat(right)], transposes);
}

/** α·A·B + β·C, A and B transposed if they say so, C broadcast to the product. */
function gemm(node: NodeSite): OnnxValue {
  const { attributes } = node;
  const alpha = attributes.float('alpha') ?? 1;
  const beta = attributes.float('beta') ?? 1;
  const transposeA = attributes.flag('transA') ?? false;
  const transposeB = attributes.flag('transB') ?? false;
  const [a, b, c] = [node.input(0), node.input(1), node.optional(2)];
  if (a.shape.length !== 2 || b.shape.length !== 2) node.refuse('it multiplies matrices, with two axes each');
  const scaled = times(node, product(node, a, b, { transposeA, transposeB }), alpha);
  if (c === undefined || beta === 0) return scaled;
  const sum = node.apply('add', [scaled, times(node, c, beta)]);
  if (sum.shape.join() !== scaled.shape.join()) node.refuse('its input 2 is larger than the product');
  return sum;
}
