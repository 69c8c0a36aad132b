import { isFloat } from '../element-type.ts';
import type { NodeSite } from '../node-site.ts';
import type { OnnxValue } from '../onnx-value.ts';
import { type OnnxOperator, operator } from '../operator.ts';
import { combine, each, foldPairs, type WholeFunction } from './entrywise.ts';
import { over } from './scaling.ts';

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
  operator('Reciprocal', 1, (node) => over(node, 1, node.needFloat(node.input(0)))),
  operator('Sign', 9, (node) => node.apply('sign', [node.input(0)])),
  operator('Mod', 10, modulo),
  operator('Max', 1, (node) => choice(node, 'maximum')),
  operator('Min', 1, (node) => choice(node, 'minimum')),
  operator('Clip', 1, clip),
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

/** The largest or the smallest of any number of values. Comparing is the same for whole numbers. */
function choice(node: NodeSite, op: 'maximum' | 'minimum'): OnnxValue {
  return node.allInputs().reduce((best, next) => node.apply(op, [best, next]));
}

/** The bounds are attributes before opset 11 and inputs from it on. The upper one wins. */
function clip(node: NodeSite): OnnxValue {
  const x = node.input(0);
  const bound = (position: number, attribute: string) => {
    if (node.opset >= 11) return node.optional(position);
    const value = node.attributes.float(attribute);
    return value === undefined ? undefined : node.scalar(value, x);
  };
  const [least, most] = [bound(1, 'min'), bound(2, 'max')];
  const raised = least === undefined ? x : node.apply('maximum', [x, least]);
  return most === undefined ? raised : node.apply('minimum', [raised, most]);
}

/** The remainder has the sign of the divisor, as in Python, or with `fmod` that of the dividend, as in C. */
function modulo(node: NodeSite): OnnxValue {
  const [a, b] = [node.input(0), node.input(1)];
  const ofDividend = node.attributes.flag('fmod') ?? false;
  if (isFloat(a.type) && !ofDividend) node.refuse('of floats it is defined only with fmod = 1');
  const remainder = (x: number, y: number) => (ofDividend ? x % y : x - y * Math.floor(x / y));
  return foldPairs(node, 'Mod', remainder, a, b, a.type);
}
