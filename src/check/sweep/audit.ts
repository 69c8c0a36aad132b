import type { CheckSpec } from '../check-job.ts';
import { type ComponentRun, chooseSorted } from '../plan/selection.ts';
import { randomStream } from '../random.ts';

/** Components that are checked a second time, by weight-perturbation: no fewer and no more than these, if there are. */
const FEWEST = 8;
const MOST = 64;
/** The share of a parameter's work that its audit may take. */
const SHARE = 0.1;

/**
 * The audited components of a node-perturbed parameter: a sample that depends on the seed and on nothing else.
 * @param affordable how many components could be weight-perturbed for the work of all of its units
 */
export function auditedRuns(spec: CheckSpec, parameter: number, affordable: number): ComponentRun[] {
  const { offset, size } = spec.parameters[parameter];
  const count = Math.min(size, Math.max(FEWEST, Math.min(MOST, Math.floor(SHARE * affordable))));
  const random = randomStream(spec.settings.seed * 7919 + parameter + 1);
  return chooseSorted(size, count, random).map((index) => ({ parameter, start: offset + index, count: 1 }));
}

/** What the audit of a parameter has shown. */
export interface AuditFinding {
  readonly components: number;
  /** The largest difference between the two strategies. */
  readonly maxDifference: number;
  /** What the difference may be. */
  readonly bound: number;
  readonly agreed: boolean;
}

/** One audited component. */
export interface AuditedPair {
  /** What node-perturbation and what weight-perturbation gave. */
  readonly node: number;
  readonly weight: number;
  /** What rounding can have done to both together. */
  readonly rounding: number;
}

/** How far the two strategies may differ beside their rounding: by truncation, relative to the parameter's largest. */
const AGREEMENT = 1e-6;

/**
 * Compares the audited components.
 * @param largest the largest magnitude in the parameter's numeric gradient
 */
export function judgeAudit(pairs: readonly AuditedPair[], largest: number): AuditFinding {
  const bound = AGREEMENT * largest + pairs.reduce((most, { rounding }) => Math.max(most, rounding), 0);
  let maxDifference = 0;
  for (const { node, weight } of pairs) {
    const difference = Math.abs(node - weight);
    // Two that are not finite alike do not tell the strategies apart.
    if (Number.isNaN(difference) && Number.isNaN(node) === Number.isNaN(weight)) continue;
    // NaN stays once it is met.
    if (!(difference <= maxDifference) && !Number.isNaN(maxDifference)) maxDifference = difference;
  }
  return { components: pairs.length, maxDifference, bound, agreed: maxDifference <= bound };
}
