import type { DiagnosedParameter } from './diagnosed-parameter.ts';

/** A term of J on the components of one parameter: its gradient is slope · θ (l2) or slope · sign θ (l1). */
export interface Penalty {
  readonly parameter: string;
  readonly kind: 'l1' | 'l2';
  readonly slope: number;
}

/** The gradient of a parameter's penalties, by component; undefined when it has none. */
export function penaltyGradient(
  { name, theta }: DiagnosedParameter,
  penalties: readonly Penalty[],
): ((component: number) => number) | undefined {
  const l1 = slopeOf(name, 'l1', penalties);
  const l2 = slopeOf(name, 'l2', penalties);
  if (l1 === undefined && l2 === undefined) return undefined;
  return (i) => (l2 ?? 0) * theta[i] + (l1 ?? 0) * Math.sign(theta[i]);
}

/** The slope of all penalties of one kind on a parameter; undefined when it has none. */
export function slopeOf(
  parameter: string,
  kind: Penalty['kind'],
  penalties: readonly Penalty[],
): number | undefined {
  const own = penalties.filter((penalty) => penalty.parameter === parameter && penalty.kind === kind);
  const slope = own.reduce((sum, penalty) => sum + penalty.slope, 0);
  return slope === 0 ? undefined : slope;
}
