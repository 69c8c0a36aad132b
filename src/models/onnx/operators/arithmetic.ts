import { isFloat } from '../element-type.ts';
import type { NodeSite } from '../node-site.ts';
import type { OnnxValue } from '../onnx-value.ts';
import { type OnnxOperator, operator } from '../operator.ts';
import { combine, each, foldPairs, type WholeFunction } from './entrywise.ts';

/** Arithmetic entry by entry. */
export const arithmetic: readonly OnnxOperator[] = [
  binary('Add', 'add', (a, b) => a + b),
  binary('Sub', 'subtract', (a, b) => a - b),
  binary('Mul', 'multiply', (a, b) => a * b),
  // Division of whole numbers drops the fraction; what 0 divides is no whole number, and refused.
  binary('Div', 'divide', (a, b) => Math.trunc(a / b)),
  operator('Pow', 1, power),
  operator('Neg', 1, (node) => each(node, node.input(0), 'negate', (entry) => 0 - entry)),
  operator('Abs', 1, (node) => each(node, node.input(0), 'abs', Math.abs)),
  operator('Sum', 1, (node) => total(node)),
  operator('Mean', 1, (node) => {
    const count = node.allInputs().length;
    const sum = node.needFloat(total(node));
    return count === 1 ? sum : node.apply('divide', [sum, node.scalar(count, sum)]);
  }),
];

function binary(name: string, op: string, whole: WholeFunction): OnnxOperator {
  return operator(name, 7, (node) => combine(node, op, whole, node.input(0), node.input(1)));
}

function total(node: NodeSite): OnnxValue {
  return node.allInputs().reduce((sum, next) => combine(node, 'add', (a, b) => a + b, sum, next));
}

/** The result has the base's type. Squares and roots, which models are full of, are ops of their own. */
function power(node: NodeSite): OnnxValue {
  const [base, exponent] = [node.input(0), node.input(1)];
  if (!isFloat(base.type)) {
    return foldPairs(node, 'power', (a, b) => Math.trunc(a ** b), base, exponent, base.type);
  }
  const known = exponent.shape.length === 0 ? node.known(exponent)?.[0] : undefined;
  if (known === 1) return base;
  if (known === 2) return node.apply('square', [base]);
  if (known === 0.5) return node.apply('sqrt', [base]);
  return node.apply('power', [base, exponent]);
}
