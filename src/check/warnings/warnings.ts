import { deadComponents } from './dead-components.ts';
import { stepLost } from './lost-steps.ts';
import { nearZero } from './near-zero.ts';
import {
  alongDirections,
  costNotFinite,
  float32,
  halfPrecision,
  kinks,
  noiseLimited,
  notLocalised,
  partialCoverage,
  toleranceBelowNoise,
  undecided,
} from './outcome-warnings.ts';
import { saturated } from './saturation.ts';
import { stepLarge, stepSmall } from './step-warnings.ts';
import { symmetric } from './twins.ts';
import type { Grounds, Warning, WarningCheck } from './warning.ts';

/** Everything that is warned of, in the order in which it is told. */
const checks: readonly WarningCheck[] = [
  costNotFinite,
  undecided,
  toleranceBelowNoise,
  kinks,
  deadComponents,
  noiseLimited,
  float32,
  halfPrecision,
  alongDirections,
  notLocalised,
  partialCoverage,
  nearZero,
  saturated,
  symmetric,
  stepLost,
  stepLarge,
  stepSmall,
];

/** What whoever reads the report should know beside its verdict. */
export function warningsOf(grounds: Grounds): Warning[] {
  return checks.flatMap((check) => check(grounds) ?? []);
}
