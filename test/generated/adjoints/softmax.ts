import { wholeNumber } from '../../../src/graph/ops/attributes.ts';
import { type Shape, sizeOf } from '../../../src/tensors/tensor.ts';
import type { Adjoint, Adjoints } from './adjoint.ts';

/** Entry numbers of every line along an axis. */
function linesAlong(axis: number, shape: Shape): number[][] {
  const inner = sizeOf(shape.slice(axis + 1));
  const outer = sizeOf(shape.slice(0, axis));
  return Array.from({ length: outer * inner }, (_, line) => {
    const first = Math.floor(line / inner) * shape[axis] * inner + (line % inner);
    return Array.from({ length: shape[axis] }, (_, i) => first + i * inner);
  });
}

/** The gradient of a line's entry from its y and ∂J/∂y, and the sum over the line of `term`. */
const alongLines =
  (
    term: (adjoint: number, y: number) => number,
    slope: (adjoint: number, y: number, sum: number) => number,
  ): Adjoint =>
  ({ node, output, adjoint, round }) => {
    const gradient = new Float64Array(output.length);
    for (const line of linesAlong(wholeNumber(node.attributes, 'axis'), node.shape)) {
      const sum = line.reduce((total, i) => round(total + round(term(adjoint[i], output[i]))), 0);
      for (const i of line) gradient[i] = round(slope(adjoint[i], output[i], sum));
    }
    return [gradient];
  };

const logSumExp: Adjoint = ({ node, shapes, inputs: [x], output, adjoint, round }) => {
  const gradient = new Float64Array(x.length);
  linesAlong(wholeNumber(node.attributes, 'axis'), shapes[0]).forEach((line, row) => {
    for (const i of line) gradient[i] = round(adjoint[row] * round(Math.exp(round(x[i] - output[row]))));
  });
  return [gradient];
};

export const softmaxFamily: Adjoints = {
  softmax: alongLines(
    (adjoint, y) => adjoint * y,
    (adjoint, y, sum) => y * (adjoint - sum),
  ),
  'log-softmax': alongLines(
    (adjoint) => adjoint,
    (adjoint, y, sum) => adjoint - Math.exp(y) * sum,
  ),
  'log-sum-exp': logSumExp,
};
