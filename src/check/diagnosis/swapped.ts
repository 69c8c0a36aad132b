import { sameShape } from '../../tensors/tensor.ts';
import type { DiagnosedParameter } from './diagnosed-parameter.ts';
import type { Evidence } from './evidence.ts';
import { isPromising } from './fit.ts';
import type { Hypothesis } from './hypothesis.ts';

/** Claimed = the numeric gradient of another parameter of the same shape. */
export const swapped: Hypothesis = (evidence, { parameters }) => {
  const { name, shape } = evidence.parameter;
  return parameters.flatMap((other) => {
    if (other.name === name || !sameShape(shape, other.shape)) return [];
    if (!isPromising(evidence, (i) => other.numeric[i])) return [];
    const mutual = standsIn(evidence, other);
    return {
      cause: { kind: 'swapped', with: other.name, mutual } as const,
      predict: (i: number) => other.numeric[i],
      free: 0,
      message: mutual
        ? `d${name} and d${other.name} are swapped`
        : `what is given as d${name} is the gradient of ${other.name}`,
    };
  });
};

/** Whether what is claimed for the other parameter is the numeric gradient of this one, on the components tried. */
function standsIn({ sample, parameter }: Evidence, other: DiagnosedParameter): boolean {
  const misses = sample.filter(
    (i) => Math.abs(other.claimed[i] - parameter.numeric[i]) > parameter.bound(i) + other.bound(i),
  );
  return misses.length <= sample.length / 10;
}
