import { fromJsonNumber } from '../../tensors/json-number.ts';
import { brief } from '../report/brief-number.ts';
import { differences, isCoarse } from '../sweep/differences.ts';
import type { WarningCheck } from './warning.ts';

/** Rounding that is such a share of the gradients is more than a check by this step should have. */
const COARSE_NOISE = 1e-4;

/** Above this the formula's own error is no longer small. */
export const stepLarge: WarningCheck = ({ spec: { settings } }) => {
  const { method, epsilon } = settings;
  if (epsilon === 'auto' || !isCoarse(settings)) return undefined;
  const message = `a step of ${brief(epsilon)} is large for the method ${method} (over ${brief(differences[method].coarse)}): its own error moves numeric gradients and relative differences, so the verdict was left to a second look with finer steps`;
  return { code: 'step-large', message };
};

export const stepSmall: WarningCheck = ({ spec: { settings }, report: { noise } }) => {
  const { method, epsilon } = settings;
  if (epsilon === 'auto' || differences[method].pairs.length === 0) return undefined;
  const share = fromJsonNumber(noise.relativeDifference);
  if (epsilon >= differences[method].autoStep(0) || !(share > COARSE_NOISE)) return undefined;
  const message = `a step of ${brief(epsilon)} is so small that rounding alone makes relative differences of up to ${brief(share)}; the automatic step would be ${brief(differences[method].autoStep(0))} or more`;
  return { code: 'step-small', message };
};
