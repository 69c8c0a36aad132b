import type { Cause } from './cause.ts';
import type { Evidence } from './evidence.ts';
import { coefficientOf, type Prediction } from './fit.ts';
import type { Explanation, Hypothesis, Surroundings } from './hypothesis.ts';
import { formatFactor, type NamedFactor, namedFactors } from './named-factor.ts';
import { penaltyGradient } from './penalty.ts';

/** Claimed = c · numeric, c = ⟨a,n⟩/⟨n,n⟩; or only the part of it that does not come from the penalty. */
export const scaled: Hypothesis = (evidence, surroundings) => {
  const { name, numeric } = evidence.parameter;
  const whole = scalings(evidence, surroundings, (i) => numeric[i], 'all', `d${name}`);
  const penalty = penaltyGradient(evidence.parameter, surroundings.context.penalties);
  if (penalty === undefined) return whole;
  const data: Prediction = (i) => numeric[i] - penalty(i);
  const subject = `the part of d${name} that comes from the data, without the penalty,`;
  return [...whole, ...scalings(evidence, surroundings, data, 'data', subject)];
};

function scalings(
  evidence: Evidence,
  { context, elsewhere }: Surroundings,
  direction: Prediction,
  part: 'all' | 'data',
  subject: string,
): Explanation[] {
  const coefficient = coefficientOf(evidence, direction);
  if (coefficient === undefined) return [];
  const { numeric } = evidence.parameter;
  const fitted = 1 + coefficient;
  const factors = new Set(elsewhere.flatMap((cause) => (cause.kind === 'scaled' ? [cause.factor] : [])));
  const explain = (
    factor: number,
    free: number,
    sentence: string,
    readings: readonly string[],
  ): Explanation => {
    const cause: Cause = { kind: 'scaled', factor, part };
    const gain = Math.max(1, Math.abs(factor));
    const predict: Prediction = (i) => numeric[i] + (factor - 1) * direction(i);
    return { cause, predict, free, gain, message: sentence, readings };
  };
  return [
    ...namedFactors(fitted, context.examples, [...factors]).map((named) =>
      explain(named.factor, 0, describeScaling(subject, named), named.readings),
    ),
    explain(fitted, 1, `${subject} is ${formatFactor(fitted)} times what it should be`, []),
  ];
}

/** `dW2 is 2 times what it should be`. */
export function describeScaling(subject: string, { factor, name }: NamedFactor): string {
  if (factor === 0) return `${subject} is 0 where it should not be`;
  return `${subject} is ${name} times what it should be`;
}
