import type { Parameter } from '../check-job.ts';
import { brief } from '../report/brief-number.ts';
import { largestMagnitude } from '../verdict/precision.ts';
import { listed, type WarningCheck } from './warning.ts';

/** How large a parameter is. */
export interface Vanishing {
  readonly parameter: string;
  /** max|θᵢ|. */
  readonly largest: number;
  /** A bias of zeros is how most networks begin, and hides little: what counts is a tensor of two axes or more. */
  readonly isWeight: boolean;
}

/** Weights that are nowhere larger than this leave little of the layers behind them. */
const NEAR_ZERO = 1e-3;

export function largestOf({ name, shape }: Parameter, theta: Float64Array): Vanishing {
  const isWeight = shape.filter((length) => length > 1).length > 1;
  return { parameter: name, largest: largestMagnitude(theta), isWeight };
}

export const nearZero: WarningCheck = ({ traits: { vanishing } }) => {
  const small = vanishing.filter(({ largest }) => largest <= NEAR_ZERO);
  const isAll = small.length === vanishing.length;
  const found = isAll ? small : small.filter(({ isWeight }) => isWeight);
  if (found.length === 0) return undefined;
  const parts = found.map(({ parameter, largest }) =>
    largest === 0 ? `${parameter} is all zeros` : `no component of ${parameter} is over ${brief(largest)}`,
  );
  const message = `${listed(parts)}: near 0 the terms that such parameters multiply vanish, and a wrong gradient can look right; check at larger values too, as after some training`;
  return { code: 'near-zero', message };
};
