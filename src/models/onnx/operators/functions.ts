import type { NodeSite } from '../node-site.ts';
import type { OnnxValue } from '../onnx-value.ts';
import { type OnnxOperator, operator } from '../operator.ts';
import { eachKnown } from './entrywise.ts';
import { over, plus, times } from './scaling.ts';

/** Functions of one number, entry by entry. */
export const functions: readonly OnnxOperator[] = [
  entrywise('Exp', 1, 'exp'),
  entrywise('Log', 1, 'log'),
  entrywise('Sqrt', 1, 'sqrt'),
  entrywise('Erf', 9, 'erf'),
  entrywise('Sin', 7, 'sin'),
  entrywise('Cos', 7, 'cos'),
  entrywise('Atan', 7, 'atan'),
  entrywise('Asinh', 9, 'asinh'),
  formula('Tan', 7, (node, x) => node.apply('divide', [node.apply('sin', [x]), node.apply('cos', [x])])),
  formula('Asin', 7, (node, x) => {
    const cosine = node.apply('sqrt', [node.apply('multiply', [plus(node, x, 1), oneLess(node, x)])]);
    return node.apply('atan', [node.apply('divide', [x, cosine])]);
  }),
  formula('Acos', 7, (node, x) => {
    const ratio = node.apply('divide', [oneLess(node, x), plus(node, x, 1)]);
    return times(node, node.apply('atan', [node.apply('sqrt', [ratio])]), 2);
  }),
  // (eˣ − 1 + 1 − e⁻ˣ)/2, which does not cancel near 0.
  formula('Sinh', 9, (node, x) => {
    const fall = node.apply('expm1', [node.apply('negate', [x])]);
    return times(node, node.apply('subtract', [node.apply('expm1', [x]), fall]), 0.5);
  }),
  formula('Cosh', 9, (node, x) => {
    const power = node.apply('exp', [x]);
    return times(node, node.apply('add', [power, over(node, 1, power)]), 0.5);
  }),
  // log(x + √(x² − 1)), from x − 1, so that nothing is lost near 1.
  formula('Acosh', 9, (node, x) => {
    const above = plus(node, x, -1);
    const root = node.apply('sqrt', [node.apply('multiply', [above, plus(node, x, 1)])]);
    return node.apply('log1p', [node.apply('add', [above, root])]);
  }),
  formula('Atanh', 9, (node, x) => {
    const fall = node.apply('log1p', [node.apply('negate', [x])]);
    return times(node, node.apply('subtract', [node.apply('log1p', [x]), fall]), 0.5);
  }),
  rounding('Floor', 1, Math.floor),
  rounding('Ceil', 1, Math.ceil),
  rounding('Round', 11, toEven),
];

function entrywise(name: string, since: number, op: string): OnnxOperator {
  return formula(name, since, (node, x) => node.apply(op, [x]));
}

function formula(
  name: string,
  since: number,
  lower: (node: NodeSite, x: OnnxValue) => OnnxValue,
): OnnxOperator {
  return operator(name, since, (node) => lower(node, node.needFloat(node.input(0))));
}

function rounding(name: string, since: number, round: (entry: number) => number): OnnxOperator {
  return operator(name, since, (node) => eachKnown(node, node.needFloat(node.input(0)), round));
}

/** 1 − x. */
function oneLess(node: NodeSite, x: OnnxValue): OnnxValue {
  return node.apply('subtract', [node.scalar(1, x), x]);
}

/** To the nearest whole number, from halfway to the even one. */
function toEven(entry: number): number {
  const below = Math.floor(entry);
  if (entry - below !== 0.5) return Math.round(entry);
  return below % 2 === 0 ? below : below + 1;
}
