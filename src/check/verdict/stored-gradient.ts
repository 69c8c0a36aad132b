import { copyNumbers, type Piecewise } from '../piecewise.ts';
import type { Conclusions } from './conclusions.ts';

/*
 * How what a check concluded of every component is kept, in one array of float64s: the n numeric values laid out as
 * θ; the n bounds, as float32s; a mark for each component, as bytes; n values by each method that was compared; then,
 * for each component that was looked at again, in order, its number in θ and the refined value, step and bound.
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
function layoutOf(components: number, methods: number) {
  const marks = components + Math.ceil(components / 2);
  const compared = marks + Math.ceil(components / 8);
  return { bounds: components, marks, compared, refined: compared + methods * components };
}

/** Puts all of it in one array, piece by piece. */
export function* packGradient(conclusions: Conclusions): Piecewise<Float64Array> {
  const { numeric, bounds, marks, compared, refinements } = conclusions;
  const layout = layoutOf(numeric.length, compared.length);
  const packed = new Float64Array(layout.refined + REFINED_FLOATS * refinements.size);
  yield* copyNumbers(numeric, packed);
  yield* copyNumbers(bounds, new Float32Array(packed.buffer, 8 * layout.bounds, bounds.length));
  yield* copyNumbers(marks, new Uint8Array(packed.buffer, 8 * layout.marks, marks.length));
  for (const [m, values] of compared.entries())
    yield* copyNumbers(values, packed, layout.compared + m * numeric.length);
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
  return partRange(layoutOf(components, 0).bounds, 2, start, end);
}

/** Where their marks lie. */
export function marksRange(components: number, start: number, end: number): PackedRange {
  return partRange(layoutOf(components, 0).marks, 8, start, end);
}

/** Where the values of components `start` … `end − 1` by the m-th of the methods that were compared lie. */
export function comparedRange(components: number, m: number, start: number, end: number): PackedRange {
  return partRange(layoutOf(components, 0).compared + m * components, 1, start, end);
}

/** Where the refinements begin; they go on to the end. @param methods how many were compared */
export function refinedOffset(components: number, methods: number): number {
  return layoutOf(components, methods).refined;
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
