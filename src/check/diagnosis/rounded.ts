import type { Cause } from './cause.ts';
import type { Evidence } from './evidence.ts';
import { isPromising } from './fit.ts';
import type { Hypothesis } from './hypothesis.ts';

interface Precision {
  readonly cause: Cause;
  readonly round: (value: number) => number;
  /** Numbers that say which precision it is. */
  readonly free: number;
  readonly message: (name: string) => string;
}

/** Rounds to a binary format of so many bits behind the leading one, ties to even (IEEE 754), subnormals included. */
function binary(bits: number, smallestExponent: number, largest: number): (value: number) => number {
  return (value) => {
    if (value === 0 || !Number.isFinite(value)) return value;
    const exponent = Math.max(smallestExponent, Math.floor(Math.log2(Math.abs(value))));
    const unit = 2 ** (exponent - bits);
    const rounded = roundHalfEven(value / unit) * unit;
    return Math.abs(rounded) > largest ? Math.sign(value) * Number.POSITIVE_INFINITY : rounded;
  };
}

function roundHalfEven(value: number): number {
  const down = Math.floor(value);
  const rest = value - down;
  if (rest === 0.5) return down % 2 === 0 ? down : down + 1;
  return rest < 0.5 ? down : down + 1;
}

function format(to: 'float32' | 'float16' | 'bfloat16', round: (value: number) => number): Precision {
  const message = (name: string) => `d${name} is right, but rounded to ${to}: send it in full precision`;
  return { cause: { kind: 'rounded', to }, round, free: 0, message };
}

const formats: readonly Precision[] = [
  format('float32', Math.fround),
  format('float16', binary(10, -14, 65504)),
  format('bfloat16', binary(7, -126, 3.3895313892515355e38)),
];

/** Digits behind the point that a printed gradient may have been cut to. */
const MOST_DECIMALS = 8;

/** @param free 0 where the number of digits is known from elsewhere */
function decimals(digits: number, free: 0 | 1): Precision {
  const unit = 10 ** digits;
  return {
    cause: { kind: 'rounded', to: 'decimals', digits },
    round: (value) => Math.round(value * unit) / unit,
    free,
    message: (name) =>
      `d${name} is right, but rounded to ${digits} decimals, as when it is printed: send it in full precision`,
  };
}

/** Claimed = numeric rounded to a shorter format. */
export const rounded: Hypothesis = (evidence, { elsewhere }) => {
  const { name, numeric } = evidence.parameter;
  const known = [...formats, ...decimalsOf(elsewhere)].filter(({ round }) => claims(evidence, round));
  const candidates = [...known, ...fewestDecimals(evidence)];
  return candidates.flatMap(({ cause, round, free, message }) => {
    const predict = (i: number) => round(numeric[i]);
    return isPromising(evidence, predict) ? [{ cause, predict, free, message: message(name) }] : [];
  });
};

/** Whether the claimed values, those tried first, are all numbers of this format. */
function claims({ sample, parameter }: Evidence, round: (value: number) => number): boolean {
  return sample.every(
    (i) => Math.abs(round(parameter.claimed[i]) - parameter.claimed[i]) <= ulps(parameter.claimed[i]),
  );
}

/** Decimals are not exact in binary: a few units in the last place are theirs. */
function ulps(value: number): number {
  return 4 * Number.EPSILON * Math.abs(value);
}

function decimalsOf(causes: readonly Cause[]): Precision[] {
  const digits = causes.flatMap((cause) => (cause.kind === 'rounded' ? (cause.digits ?? []) : []));
  return [...new Set(digits)].map((each) => decimals(each, 0));
}

function fewestDecimals(evidence: Evidence): Precision[] {
  for (let digits = 1; digits <= MOST_DECIMALS; digits++) {
    const precision = decimals(digits, 1);
    if (claims(evidence, precision.round)) return [precision];
  }
  return [];
}
