import type { Hypothesis } from './hypothesis.ts';

/** Claimed = the numeric gradient of the cost in which an activation has slope 1: its derivative was left out. */
export const activationSlope: Hypothesis = (evidence, { context }) =>
  context.slopeVariants.flatMap(({ layer, op, numeric }) => {
    const { name } = evidence.parameter;
    const altered = numeric.get(name);
    if (altered === undefined || !evidence.sample.some((i) => altered.has(i))) return [];
    return {
      cause: { kind: 'activation-slope', layer, op } as const,
      predict: (i: number) => altered.get(i) ?? Number.NaN,
      known: Int32Array.from(altered.keys()),
      free: 0,
      message: `d${name} is what comes out when the derivative of ${op} is left out in ${layer}`,
    };
  });
