import { formatShape, unravel } from '../../tensors/tensor.ts';
import type { Hypothesis } from './hypothesis.ts';

/** More wrong components than this are not named one by one. */
const MOST = 8;

/** A few components are wrong, wherever they lie, and no others. */
export const singleComponents: Hypothesis = (evidence) => {
  const { name, shape, claimed } = evidence.parameter;
  if (evidence.failing > MOST || shape.length === 0) return [];
  const indices = evidence.sample.map((component) => unravel(component, shape));
  const places = indices.map((index) => `d${name}${formatShape(index)}`).join(', ');
  return [
    {
      cause: { kind: 'components', indices },
      predict: (i) => claimed[i],
      within: Int32Array.from(evidence.sample),
      // Of each, which one it is and its value.
      free: 2 * indices.length,
      message: `only ${places} ${indices.length === 1 ? 'is' : 'are'} wrong, all other components are right`,
    },
  ];
};
