import type { CheckSpec } from '../check-job.ts';
import type { Report } from '../report/report.ts';
import type { Conclusions } from '../verdict/conclusions.ts';
import type { PointTraits } from './point-traits.ts';

/** What a report can warn of. docs/warnings.md says of each when it is told and what to do. */
export const warningCodes = [
  'cost-not-finite',
  'undecided',
  'tolerance-below-noise',
  'kinks',
  'dead-components',
  'noise-limited',
  'float32',
  'half-precision',
  'along-directions',
  'not-localised',
  'partial-coverage',
  'near-zero',
  'saturated',
  'symmetric',
  'step-lost',
  'step-large',
  'step-small',
] as const;

export type WarningCode = (typeof warningCodes)[number];

/** What whoever reads a report should know beside its verdict. */
export interface Warning {
  readonly code: WarningCode;
  /** A sentence with names and numbers, for people. */
  readonly message: string;
}

/** What warnings are given on. */
export interface Grounds {
  /** The report, without warnings as yet. */
  readonly report: Report;
  readonly traits: PointTraits;
  readonly spec: CheckSpec;
  readonly conclusions: Conclusions;
}

/** Looks for one thing to warn of; undefined when there is nothing of it. */
export type WarningCheck = (grounds: Grounds) => Warning | undefined;

/** Names that a sentence lists. */
const MOST_LISTED = 5;

/** `a, b and 4 more`. */
export function listed(parts: readonly string[]): string {
  if (parts.length <= MOST_LISTED) return parts.join(', ');
  return `${parts.slice(0, MOST_LISTED).join(', ')} and ${parts.length - MOST_LISTED} more`;
}
