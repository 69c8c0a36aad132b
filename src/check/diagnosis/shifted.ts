import { alongAxes } from './axis-name.ts';
import type { Hypothesis } from './hypothesis.ts';
import { shiftAxis } from './index-map.ts';
import { rearranged } from './rearranged.ts';

const ways = ([1, -1] as const).flatMap((by) =>
  (['wrapped', 'zeros'] as const).map((filledWith) => ({ by, filledWith })),
);

/** Claimed = numeric moved by one along an axis, as by an index that is off by one. */
export const shifted: Hypothesis = (evidence) => {
  const { name, shape } = evidence.parameter;
  return shape.flatMap((length, axis) =>
    length < 2
      ? []
      : ways.flatMap(({ by, filledWith }) => {
          const direction = by === 1 ? 'forwards' : 'backwards';
          const message = `the ${alongAxes(shape.length, [axis])} of d${name} are moved ${direction} by one`;
          const from = shiftAxis(shape, axis, by, filledWith === 'wrapped');
          return rearranged(evidence, from, { kind: 'shifted', axis, by, filledWith }, message);
        }),
  );
};
