import type { Shape } from '../tensors/tensor.ts';
import { FREE } from './region.ts';

/** What an op needs to know to say how far a move of its inputs reaches. */
export interface SpreadQuery {
  /** Per input the `fixed` of the region that moves, or undefined when it does not move. */
  readonly moved: readonly (readonly number[] | undefined)[];
  readonly shapes: readonly Shape[];
  readonly output: Shape;
}

/**
 * How a move spreads through an op: the region of the output that moves, and the region of every input that has to
 * be at hand to compute it (moved inputs are widened to it, unmoved ones gathered).
 */
export interface Spread {
  readonly inputs: readonly (readonly number[])[];
  readonly output: readonly number[];
  /**
   * Set when the op sums over a fixed axis, being linear: then the compact op is applied to the change of the moved
   * input, and the result added to the output's base values. (X·W with one column of X moved is a rank-1 update.)
   */
  readonly update?: boolean;
}

/** Everything widened to the whole: what any op can do. */
export function spreadWhole({ shapes, output }: SpreadQuery): Spread {
  return { inputs: shapes.map((shape) => shape.map(() => FREE)), output: output.map(() => FREE) };
}

/**
 * For ops that work entry by entry with broadcasting: an output axis stays fixed when every moved input fixes it to
 * the same coordinate.
 */
export function spreadElementwise({ moved, shapes, output }: SpreadQuery): Spread {
  const fixed = output.map((length, axis) => {
    if (length === 1) return FREE;
    return common(moved, (input) => alignedCoordinate(moved[input], shapes[input], output, axis));
  });
  return { inputs: pullElementwise(fixed, shapes), output: fixed };
}

/** The regions of broadcast inputs behind a region of the output. */
export function pullElementwise(
  output: readonly number[],
  shapes: readonly Shape[],
): readonly (readonly number[])[] {
  return shapes.map((shape) =>
    shape.map((length, axis) => (length === 1 ? FREE : output[output.length - shape.length + axis])),
  );
}

/** The region of the input behind a region of the output, where output axis d carries input axis `sources[d]` over. */
export function pullAlong(
  output: readonly number[],
  [shape]: readonly Shape[],
  sources: readonly (number | undefined)[],
): readonly (readonly number[])[] | undefined {
  if (output.some((coordinate, axis) => coordinate !== FREE && sources[axis] === undefined)) return undefined;
  return [shape.map((_, axis) => (sources.includes(axis) ? output[sources.indexOf(axis)] : FREE))];
}

/** For ops that keep some axes apart: output axis d carries input axis `sources[d]` over, or is made anew (undefined). */
export function spreadAlong(
  { moved, shapes, output }: SpreadQuery,
  sources: readonly (number | undefined)[],
): Spread {
  const [fixed] = moved;
  const kept = sources.map((source, axis) =>
    source === undefined || fixed === undefined || output[axis] === 1 ? FREE : fixed[source],
  );
  const input = shapes[0].map((_, axis) => {
    const target = sources.indexOf(axis);
    return target < 0 ? FREE : kept[target];
  });
  return { inputs: [input], output: kept };
}

/** The coordinate that every moved input gives, or FREE when they differ. */
export function common(moved: SpreadQuery['moved'], coordinate: (input: number) => number): number {
  let agreed: number | undefined;
  for (let input = 0; input < moved.length; input++) {
    if (moved[input] === undefined) continue;
    const own = coordinate(input);
    if (agreed !== undefined && own !== agreed) return FREE;
    agreed = own;
  }
  return agreed ?? FREE;
}

function alignedCoordinate(
  fixed: readonly number[] | undefined,
  shape: Shape,
  output: Shape,
  axis: number,
): number {
  const own = axis - output.length + shape.length;
  if (fixed === undefined || own < 0 || shape[own] !== output[axis]) return FREE;
  return fixed[own];
}
