import type { Explanation, Hypothesis } from './hypothesis.ts';
import { readTransposed, swapAxes, transposedMemory } from './index-map.ts';
import { rearranged } from './rearranged.ts';

/** Claimed = numeric with two axes of one length exchanged; of a matrix that is not square, in the order of memory. */
export const transposed: Hypothesis = (evidence) => {
  const { name, shape } = evidence.parameter;
  const found: Explanation[] = [];
  for (let first = 0; first < shape.length; first++) {
    for (let second = first + 1; second < shape.length; second++) {
      if (shape[first] !== shape[second] || shape[first] === 1) continue;
      const cause = { kind: 'transposed', axes: [first, second] } as const;
      const message =
        shape.length === 2
          ? `d${name} is transposed`
          : `axes ${first} and ${second} of d${name} are exchanged`;
      found.push(...rearranged(evidence, swapAxes(shape, first, second), cause, message));
    }
  }
  if (shape.length === 2 && shape[0] !== shape[1] && shape[0] > 1 && shape[1] > 1) {
    const message = `d${name} holds the right numbers in the order of its transpose: it was transposed and given the shape [${shape}] back`;
    for (const from of [transposedMemory(shape), readTransposed(shape)]) {
      found.push(...rearranged(evidence, from, { kind: 'memory-order' }, message));
    }
  }
  return found;
};
