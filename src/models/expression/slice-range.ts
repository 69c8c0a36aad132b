/** A slice of an axis: the entries start, start + step, … before `end`. */
export interface SliceRange {
  readonly start: number;
  /** Exclusive; −1 when the range runs backwards past the first entry. */
  readonly end: number;
  readonly step: number;
  readonly count: number;
}

/**
 * `start:stop:step` on an axis of this length, as Python's `slice.indices` has it
 * (PySlice_AdjustIndices in CPython's Objects/sliceobject.c). The step is not 0.
 */
export function sliceRange(
  length: number,
  start: number | undefined,
  stop: number | undefined,
  step: number,
): SliceRange {
  const backwards = step < 0;
  const lowest = backwards ? -1 : 0;
  const highest = backwards ? length - 1 : length;
  const bound = (given: number | undefined, fallback: number) => {
    if (given === undefined) return fallback;
    return Math.min(Math.max(given < 0 ? given + length : given, lowest), highest);
  };
  const first = bound(start, backwards ? highest : lowest);
  const end = bound(stop, backwards ? lowest : highest);
  return { start: first, end, step, count: Math.max(0, Math.ceil((end - first) / step)) };
}
