import { isPromising, type Prediction } from './fit.ts';
import type { Hypothesis } from './hypothesis.ts';
import { formatFactor } from './named-factor.ts';

/** Claimed = numeric cut to −c … c. Only what is cut fails, so c is what the failing components claim. */
export const clipped: Hypothesis = (evidence) => {
  const { name, claimed, numeric } = evidence.parameter;
  const at = evidence.sample.reduce((largest, i) => Math.max(largest, Math.abs(claimed[i])), 0);
  const predict: Prediction = (i) => Math.sign(numeric[i]) * Math.min(Math.abs(numeric[i]), at);
  if (at === 0 || !isPromising(evidence, predict)) return [];
  return [
    {
      cause: { kind: 'clipped', at },
      predict,
      free: 1,
      message: `d${name} is cut off at ±${formatFactor(at)}: check the gradient before it is clipped`,
    },
  ];
};
