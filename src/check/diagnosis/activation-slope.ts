import { isPromising } from './fit.ts';
import type { Hypothesis } from './hypothesis.ts';

/** Claimed = the numeric gradient of the cost in which an activation has slope 1: its derivative was left out. */
export const activationSlope: Hypothesis = (evidence, { context }) =>
  context.slopeVariants.flatMap(({ layer, op, numeric }) => {
    const { name } = evidence.parameter;
    const altered = numeric.get(name);
    if (altered === undefined || !isPromising(evidence, (i) => altered[i])) return [];
    return {
      cause: { kind: 'activation-slope', layer, op } as const,
      predict: (i: number) => altered[i],
      free: 0,
      message: `d${name} is what comes out when the derivative of ${op} is left out in ${layer}`,
    };
  });
