import type { Cause } from './cause.ts';
import { coefficientOf } from './fit.ts';
import type { Explanation, Hypothesis } from './hypothesis.ts';
import { formatFactor, namedFactors } from './named-factor.ts';
import { slopeOf } from './penalty.ts';

type Mistake = Extract<Cause, { kind: 'penalty' }>['mistake'];

/** Claimed − numeric is proportional to θ or to sign θ: an l2 or l1 term is missing, not wanted, or has a wrong factor. */
export const penaltyMistake: Hypothesis = (evidence, { context }) => {
  const { name, theta, numeric } = evidence.parameter;
  return (['l2', 'l1'] as const).flatMap((penalty) => {
    const direction = penalty === 'l2' ? (i: number) => theta[i] : (i: number) => Math.sign(theta[i]);
    const coefficient = coefficientOf(evidence, direction);
    if (coefficient === undefined) return [];
    const explain = (
      by: number,
      free: number,
      mistake: Mistake,
      message: string,
      factor?: number,
    ): Explanation => ({
      cause: {
        kind: 'penalty',
        penalty,
        mistake,
        coefficient: by,
        ...(factor === undefined ? {} : { factor }),
      },
      predict: (i) => numeric[i] + by * direction(i),
      free,
      message,
    });
    const slope = slopeOf(name, penalty, context.penalties);
    if (slope === undefined) {
      const term = `${formatFactor(coefficient)}·${penalty === 'l2' ? name : `sign(${name})`}`;
      const message = `d${name} has a term ${term} too much: an ${penalty} penalty that the cost does not have`;
      return [explain(coefficient, 1, 'extra', message)];
    }
    const fitted = 1 + coefficient / slope;
    const term = `the ${penalty} term of d${name}`;
    return [
      ...namedFactors(fitted, context.examples).map(({ factor, name: called }) =>
        factor === 0
          ? explain(-slope, 0, 'missing', `${term} is missing`, 0)
          : explain(
              (factor - 1) * slope,
              0,
              'wrong-factor',
              `${term} is ${called} times what it should be`,
              factor,
            ),
      ),
      explain(
        coefficient,
        1,
        'wrong-factor',
        `${term} is ${formatFactor(fitted)} times what it should be`,
        fitted,
      ),
    ];
  });
};
