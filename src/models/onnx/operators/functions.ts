import { type OnnxOperator, operator } from '../operator.ts';

/** Functions of one number that the graph has an op for, entry by entry. */
export const functions: readonly OnnxOperator[] = [
  entrywise('Exp', 'exp'),
  entrywise('Log', 'log'),
  entrywise('Sqrt', 'sqrt'),
];

function entrywise(name: string, op: string): OnnxOperator {
  return operator(name, 1, (node) => node.apply(op, [node.needFloat(node.input(0))]));
}
