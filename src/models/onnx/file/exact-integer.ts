import type { WireMessage } from './wire-message.ts';

/** An int64 as a number. @throws OnnxRefusal when it is beyond ±2^53, which float64 does not hold exactly. */
export function exactInteger(value: bigint, message: WireMessage, name: string): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) {
    throw message.refusal(`has ${value} in ${name}, beyond ±2^53, which float64 does not hold exactly`);
  }
  return number;
}

/**
 * An int64 as a number, the extremes as infinite; undefined where float64 does not hold it exactly. The smallest but one
 * is an extreme too: PyTorch writes −(2⁶³ − 1) for "down to the first" of a slice that goes backwards.
 */
export function wholeNumber(value: bigint): number | undefined {
  if (value === largest) return Number.POSITIVE_INFINITY;
  if (value <= -largest) return Number.NEGATIVE_INFINITY;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : undefined;
}

const largest = 2n ** 63n - 1n;
