import { alongAxes } from './axis-name.ts';
import type { Hypothesis } from './hypothesis.ts';
import { reverseAxes } from './index-map.ts';
import { rearranged } from './rearranged.ts';

/** Claimed = numeric with an axis, or the last two (a kernel turned by 180°), in the opposite order. */
export const reversed: Hypothesis = (evidence) => {
  const { name, shape } = evidence.parameter;
  const long = shape.flatMap((length, axis) => (length > 1 ? [axis] : []));
  const pairs = long.length < 2 ? [] : [long.slice(-2)];
  return [...long.map((axis) => [axis]), ...pairs].flatMap((axes) => {
    const turned = axes.length === 2 && shape.length > 2 ? ': the kernel is turned by 180°' : '';
    const message = `the ${alongAxes(shape.length, axes)} of d${name} are in the opposite order${turned}`;
    return rearranged(evidence, reverseAxes(shape, axes), { kind: 'reversed', axes }, message);
  });
};
