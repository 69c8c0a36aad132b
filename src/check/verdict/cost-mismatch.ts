import type { ErrorCode } from '../../errors/catalogue.ts';

/** Why a check cannot go on. */
export interface CheckFailure {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly data?: Readonly<Record<string, number | string>>;
}

/** @param tolerance how far the two may be from each other, relative to max(1, |J|) */
export function costMismatch(
  claimed: number | undefined,
  computed: number,
  tolerance: number,
): CheckFailure | undefined {
  if (claimed === undefined || !Number.isFinite(computed)) return undefined;
  if (Math.abs(claimed - computed) <= tolerance * Math.max(1, Math.abs(computed))) return undefined;
  return {
    code: 'cost-mismatch',
    detail: `the client's J is ${claimed}, the service's is ${computed}: the two do not compute the same cost, so their gradients cannot be compared`,
    data: { claimed, computed },
  };
}
