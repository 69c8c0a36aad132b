import type { MethodComparison } from '../comparison/method-comparison.ts';
import { brief } from './brief-number.ts';

/** The steps of a method in a few characters. */
export function stepSpan({ step: { smallest, largest } }: MethodComparison): string {
  const [from, to] = [brief(smallest), brief(largest)];
  return from === to ? from : `${from} … ${to}`;
}
