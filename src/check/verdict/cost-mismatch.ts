import type { ErrorCode } from '../../errors/catalogue.ts';

/** Why a check cannot go on. */
export interface CheckFailure {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly data?: Readonly<Record<string, number | string>>;
}

/** How far the client's J may be from the service's, relative to max(1, |J|). */
const COST_TOLERANCE = 1e-8;
/** The same where every gradient is of low precision. */
const LOW_COST_TOLERANCE = 1e-4;

/** @param isLow whether every claimed gradient is of low precision */
export function costMismatch(
  claimed: number | undefined,
  computed: number,
  isLow: boolean,
): CheckFailure | undefined {
  if (claimed === undefined || !Number.isFinite(computed)) return undefined;
  const tolerance = isLow ? LOW_COST_TOLERANCE : COST_TOLERANCE;
  if (Math.abs(claimed - computed) <= tolerance * Math.max(1, Math.abs(computed))) return undefined;
  return {
    code: 'cost-mismatch',
    detail: `the client's J is ${claimed}, the service's is ${computed}: the two do not compute the same cost, so their gradients cannot be compared`,
    data: { claimed, computed },
  };
}
