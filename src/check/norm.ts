/** Squares are summed over fixed blocks of so many terms, so that the order depends on nothing but the terms. */
const BLOCK = 4096;

/** Squares whose sum lies between these neither overflowed nor lost digits to underflow. */
const SMALLEST_SAFE = 1e-280;
const LARGEST_SAFE = 1e300;

/** Hands every term of a sum, in order, to `take`. */
export type Terms = (take: (term: number) => void) => void;

/**
 * √Σx². Where squares would overflow or vanish the terms are gone through again, scaled by a power of two, which
 * rounds nothing.
 */
export function norm(terms: Terms): number {
  const plain = new SquareSum(1);
  terms((term) => plain.add(term));
  const total = plain.total();
  if (Number.isNaN(total) || plain.largest === 0 || plain.largest === Number.POSITIVE_INFINITY)
    return Math.sqrt(total);
  if (total > SMALLEST_SAFE && total < LARGEST_SAFE) return Math.sqrt(total);
  const scale = 2 ** Math.floor(Math.log2(plain.largest));
  const scaled = new SquareSum(scale);
  terms((term) => scaled.add(term));
  return Math.sqrt(scaled.total()) * scale;
}

/** Σ(x/scale)²: a block's terms added in a row, the blocks with compensation (Neumaier 1974, ZAMM 54). */
class SquareSum {
  largest = 0;
  readonly #scale: number;
  #sum = 0;
  #compensation = 0;
  #block = 0;
  #inBlock = 0;

  constructor(scale: number) {
    this.#scale = scale;
  }

  add(term: number): void {
    const scaled = term / this.#scale;
    this.#block += scaled * scaled;
    this.largest = Math.max(this.largest, Math.abs(term));
    if (++this.#inBlock === BLOCK) this.#closeBlock();
  }

  total(): number {
    this.#closeBlock();
    // An infinite sum leaves NaN in the compensation.
    return Number.isFinite(this.#sum) ? this.#sum + this.#compensation : this.#sum;
  }

  #closeBlock(): void {
    const sum = this.#sum + this.#block;
    const [large, small] = this.#sum >= this.#block ? [this.#sum, this.#block] : [this.#block, this.#sum];
    this.#compensation += large - sum + small;
    this.#sum = sum;
    this.#block = 0;
    this.#inBlock = 0;
  }
}
