/**
 * Work on many numbers that stops after each millisecond or so, for callers who have something else to do meanwhile.
 * Most of what it takes is memory that is touched for the first time.
 */
export type Piecewise<T> = Generator<void, T>;

/** Numbers that are worked on between two stops. */
const PIECE = 2 ** 17;

type Numbers = Float64Array | Float32Array | Uint8Array;

/** Does the whole of it now. */
export function atOnce<T>(work: Piecewise<T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}

/** Copies numbers to `target`, from `offset` on. */
export function* copyNumbers(source: Numbers, target: Numbers, offset = 0): Piecewise<void> {
  for (let start = 0; start < source.length; start += PIECE) {
    if (start > 0) yield;
    target.set(source.subarray(start, start + PIECE), offset + start);
  }
}

/** Copies several runs of numbers, each from its own offset of `target` on; many short ones together are a piece. */
export function* copyEach(
  runs: Iterable<readonly [source: Numbers, offset: number]>,
  target: Numbers,
): Piecewise<void> {
  let sinceStop = 0;
  for (const [source, offset] of runs) {
    if (sinceStop > 0 && sinceStop + source.length > PIECE) {
      yield;
      sinceStop = 0;
    }
    yield* copyNumbers(source, target, offset);
    sinceStop += source.length;
  }
}

/** Sets the numbers from `start` to `end` (exclusive). */
export function* fillNumbers(target: Numbers, value: number, start: number, end: number): Piecewise<void> {
  for (let from = start; from < end; from += PIECE) {
    if (from > start) yield;
    target.fill(value, from, Math.min(end, from + PIECE));
  }
}
