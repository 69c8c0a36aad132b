import { copyNumbers, type Piecewise } from '../piecewise.ts';
import type { Conclusions } from './conclusions.ts';

/*
 * How what a check concluded of every component is kept, in one array of float64s: the n numeric values laid out as
 * θ; the n bounds, as float32s; a mark for each component, as bytes; then, for each component that was looked at
 * again, in order, its number in θ and the refined value, step and bound.
 *
 * Of a job of several points one such array for each, one after the other, behind as many numbers that tell where in
 * the whole each ends. Of one point there are no such numbers.
 */

const REFINED_FLOATS = 4;

/** A component that was looked at again. */
export interface StoredRefinement {
  readonly component: number;
  readonly numeric: number;
  readonly step: number;
  readonly bound: number;
}

/** Where the parts begin, in float64s. */
function layoutOf(components: number) {
  const marks = components + Math.ceil(components / 2);
  return { bounds: components, marks, refined: marks + Math.ceil(components / 8) };
}

/** Puts all of it in one array, piece by piece. */
export function* packGradient({ numeric, bounds, marks, refinements }: Conclusions): Piecewise<Float64Array> {
  const layout = layoutOf(numeric.length);
  const packed = new Float64Array(layout.refined + REFINED_FLOATS * refinements.size);
  yield* copyNumbers(numeric, packed);
  yield* copyNumbers(bounds, new Float32Array(packed.buffer, 8 * layout.bounds, bounds.length));
  yield* copyNumbers(marks, new Uint8Array(packed.buffer, 8 * layout.marks, marks.length));
  const sorted = [...refinements].sort(([a], [b]) => a - b);
  sorted.forEach(([component, refinement], i) => {
    const at = layout.refined + REFINED_FLOATS * i;
    packed.set([component, refinement.numeric, refinement.step, refinement.bound], at);
  });
  return packed;
}

/** What was concluded at each of a job's points, in one array, piece by piece. */
export function* packGradients(points: readonly Conclusions[]): Piecewise<Float64Array> {
  const packed: Float64Array[] = [];
  for (const point of points) packed.push(yield* packGradient(point));
  if (packed.length === 1) return packed[0];
  const all = new Float64Array(packed.reduce((sum, { length }) => sum + length, packed.length));
  let end = packed.length;
  for (const [i, values] of packed.entries()) {
    yield* copyNumbers(values, all, end);
    end += values.length;
    all[i] = end;
  }
  return all;
}

/**
 * Where in what `packGradients` made the values of one point lie.
 * @param ends its first values, as many as there are points
 * @param point from 1 on
 */
export function packedPoint(
  ends: Float64Array,
  point: number,
): { readonly start: number; readonly end: number } {
  if (ends.length === 1) return { start: 0, end: Number.MAX_SAFE_INTEGER };
  return { start: point === 1 ? ends.length : ends[point - 2], end: ends[point - 1] };
}

/** Values of a packed gradient to be read, and how many of what they hold come before the first that is wanted. */
export interface PackedRange {
  readonly offset: number;
  readonly count: number;
  readonly skip: number;
}

/** Where the bounds of components `start` … `end − 1` lie. */
export function boundsRange(components: number, start: number, end: number): PackedRange {
  return partRange(layoutOf(components).bounds, 2, start, end);
}

/** Where their marks lie. */
export function marksRange(components: number, start: number, end: number): PackedRange {
  return partRange(layoutOf(components).marks, 8, start, end);
}

/** Where the refinements begin; they go on to the end. */
export function refinedOffset(components: number): number {
  return layoutOf(components).refined;
}

export function readBounds(values: Float64Array, skip: number, count: number): Float32Array {
  return new Float32Array(values.slice().buffer, 4 * skip, count);
}

export function readMarks(values: Float64Array, skip: number, count: number): Uint8Array {
  return new Uint8Array(values.slice().buffer, skip, count);
}

export function readRefinements(values: Float64Array): StoredRefinement[] {
  return Array.from({ length: values.length / REFINED_FLOATS }, (_, i) => {
    const [component, numeric, step, bound] = values.subarray(REFINED_FLOATS * i, REFINED_FLOATS * (i + 1));
    return { component, numeric, step, bound };
  });
}

function partRange(from: number, perFloat: number, start: number, end: number): PackedRange {
  const first = Math.floor(start / perFloat);
  return {
    offset: from + first,
    count: Math.ceil(end / perFloat) - first,
    skip: start - perFloat * first,
  };
}
