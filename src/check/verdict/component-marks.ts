import type { ComponentFlag, Verdict } from '../report/report.ts';

/*
 * What was concluded of a component, in one byte: the verdict in the lowest two bits, then a bit for each flag.
 */

const verdicts: readonly Verdict[] = ['pass', 'fail', 'inconclusive'];
const flagNames: readonly ComponentFlag[] = [
  'vacuous',
  'non-finite',
  'kink',
  'noise-limited',
  'float32',
  'half-precision',
];
const FLAG_SHIFT = 2;

/** The mark of a component that was moved together with others, never by itself. */
export const UNCHECKED = 3;

/** The mark of a component that passes without any flag. */
export const PLAIN_PASS = 0;

export function markOf(verdict: Verdict, flags: readonly ComponentFlag[]): number {
  let mark = verdicts.indexOf(verdict);
  for (const flag of flags) mark |= bitOf(flag);
  return mark;
}

export function verdictOf(mark: number): Verdict {
  return verdicts[mark & 3] ?? 'inconclusive';
}

/** Whether a mark bears a flag. */
export function isFlagged(mark: number, flag: ComponentFlag): boolean {
  return (mark & bitOf(flag)) !== 0;
}

function bitOf(flag: ComponentFlag): number {
  return 1 << (FLAG_SHIFT + flagNames.indexOf(flag));
}

export function readMark(mark: number): { verdict: Verdict; flags: ComponentFlag[] } {
  return {
    verdict: verdictOf(mark),
    flags: flagNames.filter((flag) => isFlagged(mark, flag)),
  };
}
