import { styleText } from 'node:util';
import type { Verdict } from '../check/report/report.ts';
import type { JsonNumber } from '../tensors/json-number.ts';

const verdictColor = { pass: 'green', fail: 'red', inconclusive: 'yellow' } as const;

/** A number with at most so many significant digits, without trailing zeros. */
export function digits(value: JsonNumber, significant: number): string {
  if (typeof value === 'string') return value;
  const rounded = Number(value.toPrecision(significant));
  return rounded !== 0 && Math.abs(rounded) < 1e-4 ? rounded.toExponential() : String(rounded);
}

/** Names come from the job document: without control characters they cannot steer a terminal. */
export function printable(text: string): string {
  return text.replaceAll(/\p{C}/gu, '\u{FFFD}');
}

export function colored(text: string, verdict: Verdict, color: boolean): string {
  return color ? styleText(verdictColor[verdict], text, { validateStream: false }) : text;
}
