import { BLOCK } from '../verdict/norm.ts';
import { relativeError } from './worst-components.ts';

/** Edges of the histogram of relative errors: one bin for 0 … 1e-12, then one a decade. */
const EDGES = [0, ...Array.from({ length: 13 }, (_, i) => 10 ** (i - 12)), 10];
/** Which half of a float64 bears its exponent on this machine. */
const HIGH = new Uint32Array(Float64Array.of(1).buffer)[1] === 0 ? 0 : 1;

/**
 * Errors come in all sizes, so that any search among the edges is a chain of branches that a processor cannot foresee. No
 * binade has more than one edge in it: its exponent tells the bin of the least number of it, and where the next bin starts.
 */
const EXPONENTS = 2048;
const BIN_OF_EXPONENT = new Uint8Array(EXPONENTS);
const NEXT_EDGE = new Float64Array(EXPONENTS).fill(Number.POSITIVE_INFINITY);
for (let exponent = 0; exponent < EXPONENTS; exponent++) {
  const least = exponent === 0 ? 0 : 2 ** (exponent - 1023);
  const bin = EDGES.findLastIndex((edge, i) => edge <= least && i < EDGES.length - 1);
  BIN_OF_EXPONENT[exponent] = bin;
  if (bin < EDGES.length - 2) NEXT_EDGE[exponent] = EDGES[bin + 1];
}

/** How far claimed values are from numeric ones. */
export class RelativeErrors {
  /** The largest |claimed − numeric|; NaN once one was. */
  largest = 0;
  readonly #counts = new Uint32Array(EDGES.length - 1);
  readonly #block = new Float64Array(BLOCK);
  /** The same as 32-bit halves. */
  readonly #halves = new Uint32Array(this.#block.buffer);

  /**
   * Adds at most `BLOCK` components in a row.
   * @returns the relative error of each, from 0 on; good until the next call
   */
  addRange(claimed: Float64Array, numeric: Float64Array, start: number, count: number): Float64Array {
    const block = this.#block;
    let { largest } = this;
    for (let i = 0; i < count; i++) {
      const a = claimed[start + i];
      const n = numeric[start + i];
      const difference = Math.abs(a - n);
      if (difference > largest || Number.isNaN(difference)) largest = difference;
      block[i] = relativeError(a, n);
    }
    this.largest = largest;
    this.#count(count);
    return block;
  }

  #count(count: number): void {
    const block = this.#block;
    const halves = this.#halves;
    const counts = this.#counts;
    for (let i = 0; i < count; i++) {
      const exponent = halves[2 * i + HIGH] >>> 20;
      counts[BIN_OF_EXPONENT[exponent] + (block[i] >= NEXT_EDGE[exponent] ? 1 : 0)]++;
    }
  }

  histogram(): { readonly edges: readonly number[]; readonly counts: readonly number[] } {
    return { edges: EDGES, counts: [...this.#counts] };
  }
}
