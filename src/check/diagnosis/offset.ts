import { coefficientOf } from './fit.ts';
import type { Hypothesis } from './hypothesis.ts';
import { formatFactor } from './named-factor.ts';

/** Claimed = numeric + c, the same c everywhere. */
export const offset: Hypothesis = (evidence) => {
  const by = coefficientOf(evidence, () => 1);
  if (by === undefined) return [];
  const { name, numeric } = evidence.parameter;
  return [
    {
      cause: { kind: 'offset', by },
      predict: (i) => numeric[i] + by,
      free: 1,
      message: `${formatFactor(by)} is added to every component of d${name}`,
    },
  ];
};
