import type { Emitter } from './emitter.ts';
import { Refusal } from './expression-faults.ts';
import { matrixProduct } from './matrix-product.ts';
import { sequenceOf } from './sequences.ts';
import { describeValue, type Value } from './value.ts';

interface BinaryOperator {
  /** Its op in the graph, where it has one. */
  readonly op?: string;
  /** What it makes of two numbers known already. */
  readonly fold?: (a: number, b: number) => number | boolean;
}

const binaryOperators: Readonly<Record<string, BinaryOperator | undefined>> = {
  '+': { op: 'add', fold: (a, b) => a + b },
  '-': { op: 'subtract', fold: (a, b) => a - b },
  '*': { op: 'multiply', fold: (a, b) => a * b },
  '/': { op: 'divide', fold: (a, b) => a / b },
  '**': { op: 'power', fold: (a, b) => a ** b },
  '//': { fold: (a, b) => Math.floor(a / b) },
  // Python's remainder has the sign of the divisor.
  '%': { fold: (a, b) => a - b * Math.floor(a / b) },
  '<': { op: 'less', fold: (a, b) => a < b },
  '<=': { op: 'less-equal', fold: (a, b) => a <= b },
  '>': { op: 'greater', fold: (a, b) => a > b },
  '>=': { op: 'greater-equal', fold: (a, b) => a >= b },
  '==': { op: 'equal', fold: (a, b) => a === b },
  '!=': { op: 'not-equal', fold: (a, b) => a !== b },
};

/** What `&`, `|` and `^` are between the 0s and 1s of comparisons. */
const maskOperators: Readonly<Record<string, string>> = { '&': 'multiply', '|': 'maximum', '^': 'not-equal' };

/**
 * `left operator right` as NumPy has it. Two numbers fold to a number, so that shapes and axes can be computed.
 * @throws Refusal, ShapeError when the operands do not fit the operator.
 */
export function applyBinary(emit: Emitter, operator: string, left: Value, right: Value): Value {
  if (operator === '@') return matrixProduct(emit, emit.tensor(left), emit.tensor(right));
  if (operator in maskOperators) return applyToMasks(emit, operator, left, right);
  if (left.kind === 'sequence' && right.kind === 'sequence' && operator === '+') {
    return sequenceOf([...left.items, ...right.items], left.list);
  }
  const known = binaryOperators[operator];
  if (known === undefined) throw new Refusal(`\`${operator}\` is not supported`);
  const { op, fold } = known;
  if (fold !== undefined && isScalar(left) && isScalar(right)) {
    const value = fold(Number(left.value), Number(right.value));
    return typeof value === 'number' ? { kind: 'number', value } : { kind: 'boolean', value };
  }
  if (op === undefined) {
    throw new Refusal(`\`${operator}\` works on constant numbers only, not on tensors`);
  }
  const [a, b] = [emit.tensor(left), emit.tensor(right)];
  if (!a.mask || !b.mask) return emit.apply(op, [a, b]);
  // NumPy's + of two bools is "or", and it refuses their difference.
  if (operator === '-') {
    throw new Refusal('`-` between two comparisons is not defined in NumPy: write != or multiply one by 1.0');
  }
  return emit.apply(operator === '+' ? 'maximum' : op, [a, b]);
}

/**
 * `operator operand` for `-`, `+` and `~`.
 * @throws Refusal when the operand does not fit the operator.
 */
export function applyUnary(emit: Emitter, operator: string, operand: Value): Value {
  if (isScalar(operand) && operator !== '~') {
    const value = Number(operand.value);
    return { kind: 'number', value: operator === '-' ? -value : value };
  }
  if (operand.kind === 'boolean') return { kind: 'boolean', value: !operand.value };
  const x = emit.tensor(operand);
  if (operator === '~') {
    if (!x.mask) throw new Refusal(`\`~\` works on comparisons only, not on ${describeValue(operand)}`);
    return emit.apply('equal', [x, emit.scalar(0)]);
  }
  if (x.mask) {
    throw new Refusal(
      `\`${operator}\` of a comparison is not defined in NumPy: write ~ or multiply it by 1.0`,
    );
  }
  return operator === '-' ? emit.apply('negate', [x]) : x;
}

function applyToMasks(emit: Emitter, operator: string, left: Value, right: Value): Value {
  const [a, b] = [emit.tensor(left), emit.tensor(right)];
  if (a.mask && b.mask) return emit.apply(maskOperators[operator], [a, b]);
  const meant = operator === '^' ? '; a power is written **' : '; comparisons need parentheses around them';
  const odd = describeValue(a.mask ? right : left);
  throw new Refusal(`\`${operator}\` works between comparisons only, not on ${odd}${meant}`);
}

function isScalar(value: Value): value is Extract<Value, { kind: 'number' | 'boolean' }> {
  return value.kind === 'number' || value.kind === 'boolean';
}
