import type { Emitter } from '../emitter.ts';
import type { TensorValue, Value } from '../value.ts';
import type { CallArguments } from './call-arguments.ts';
import { define, type FunctionDefinition } from './function-definition.ts';

type Formula = (emit: Emitter, x: TensorValue) => TensorValue;

function unary(
  name: string,
  doc: string,
  formula: string | Formula,
  aliases: readonly string[] = [],
): FunctionDefinition {
  const lower =
    typeof formula === 'string' ? (emit: Emitter, x: TensorValue) => emit.apply(formula, [x]) : formula;
  return define(`${name}(x)`, doc, (args, emit) => lower(emit, args.tensor('x')), { aliases });
}

function binary(name: string, doc: string, op: string, aliases: readonly string[] = []): FunctionDefinition {
  return define(
    `${name}(a, b)`,
    doc,
    (args, emit): Value => emit.apply(op, [args.tensor('a'), args.tensor('b')]),
    { aliases },
  );
}

/** Functions of each entry. */
export const elementwise: readonly FunctionDefinition[] = [
  unary('exp', 'e to the power x', 'exp'),
  unary('log', 'natural logarithm', 'log'),
  unary('log1p', 'log(1 + x), exact near 0', 'log1p'),
  unary('expm1', 'exp(x) − 1, exact near 0', 'expm1'),
  unary('log2', 'logarithm to base 2', (emit, x) =>
    emit.apply('divide', [emit.apply('log', [x]), emit.scalar(Math.LN2)]),
  ),
  unary('log10', 'logarithm to base 10', (emit, x) =>
    emit.apply('divide', [emit.apply('log', [x]), emit.scalar(Math.LN10)]),
  ),
  unary('sqrt', 'square root', 'sqrt'),
  unary('square', 'x·x', 'square'),
  unary('abs', 'absolute value', 'abs', ['absolute', 'fabs']),
  unary('sign', '−1, 0 or 1', 'sign'),
  unary('negative', '−x', 'negate'),
  unary('reciprocal', '1/x', (emit, x) => emit.apply('divide', [emit.scalar(1), x])),
  unary('sin', 'sine of x radians', 'sin'),
  unary('cos', 'cosine of x radians', 'cos'),
  unary('tan', 'tangent of x radians', (emit, x) =>
    emit.apply('divide', [emit.apply('sin', [x]), emit.apply('cos', [x])]),
  ),
  unary('sinh', 'hyperbolic sine', (emit, x) => {
    // (e^x − 1 + 1 − e^−x)/2, which does not cancel near 0.
    const rise = emit.apply('expm1', [x]);
    const fall = emit.apply('expm1', [emit.apply('negate', [x])]);
    return emit.apply('divide', [emit.apply('subtract', [rise, fall]), emit.scalar(2)]);
  }),
  unary('cosh', 'hyperbolic cosine', (emit, x) => {
    const sum = emit.apply('add', [emit.apply('exp', [x]), emit.apply('exp', [emit.apply('negate', [x])])]);
    return emit.apply('divide', [sum, emit.scalar(2)]);
  }),
  unary('tanh', 'hyperbolic tangent', 'tanh'),
  binary('add', 'a + b', 'add'),
  binary('subtract', 'a − b', 'subtract'),
  binary('multiply', 'a·b', 'multiply'),
  binary('divide', 'a/b', 'divide', ['true_divide']),
  binary('power', 'a to the power b', 'power', ['pow', 'float_power']),
  binary('maximum', 'the larger of a and b', 'maximum', ['fmax']),
  binary('minimum', 'the smaller of a and b', 'minimum', ['fmin']),
  binary('less', 'a < b as 0 or 1', 'less'),
  binary('less_equal', 'a ≤ b as 0 or 1', 'less-equal'),
  binary('greater', 'a > b as 0 or 1', 'greater'),
  binary('greater_equal', 'a ≥ b as 0 or 1', 'greater-equal'),
  binary('equal', 'a = b as 0 or 1', 'equal'),
  binary('not_equal', 'a ≠ b as 0 or 1', 'not-equal'),
  define('logical_and(a, b)', '1 where both are not 0', (args, emit) =>
    emit.apply('multiply', [truth(args, emit, 'a'), truth(args, emit, 'b')]),
  ),
  define('logical_or(a, b)', '1 where one is not 0', (args, emit) =>
    emit.apply('maximum', [truth(args, emit, 'a'), truth(args, emit, 'b')]),
  ),
  define('logical_not(x)', '1 where x is 0', (args, emit) =>
    emit.apply('equal', [args.tensor('x'), emit.scalar(0)]),
  ),
  define('logaddexp(a, b)', 'log(eᵃ + eᵇ), without overflow', (args, emit) => {
    // b + log(1 + e^(a−b)): smooth where a = b, unlike the usual form with a maximum.
    const [a, b] = [args.tensor('a'), args.tensor('b')];
    return emit.apply('add', [b, emit.apply('softplus', [emit.apply('subtract', [a, b])])]);
  }),
];

/** 0 stays, everything else is 1. */
function truth(args: CallArguments, emit: Emitter, name: string): TensorValue {
  const x = args.tensor(name);
  return x.mask ? x : emit.apply('not-equal', [x, emit.scalar(0)]);
}
