/** Squares are summed over fixed blocks of so many terms, so that the order depends on nothing but the terms. */
const BLOCK = 4096;

/** Terms whose squares neither overflow nor lose digits to underflow, however many there are, lie between these. */
const SMALLEST_SAFE = 2 ** -500;
const LARGEST_SAFE = 2 ** 480;
/** Terms beyond are summed apart, scaled by a power of two, which rounds nothing (Blue 1978, ACM TOMS 4(1)). */
const UP = 2 ** 540;
const DOWN = 2 ** -600;

/** Hands every term of a sum, in order, to `take`. */
export type Terms = (take: (term: number) => void) => void;

/** √Σx². */
export function norm(terms: Terms): number {
  const sum = new Norm();
  terms((term) => sum.add(term));
  return sum.value();
}

/** √Σx² of the terms added, in one pass: several norms can be found on one way through the numbers. */
export class Norm {
  readonly #squares = new BlockSum();
  readonly #small = new BlockSum();
  readonly #large = new BlockSum();
  #hasLarge = false;

  add(term: number): void {
    const size = Math.abs(term);
    if (size > LARGEST_SAFE) {
      this.#hasLarge = true;
      this.#large.add((term * DOWN) ** 2);
    } else if (size < SMALLEST_SAFE) {
      if (size > 0) this.#small.add((term * UP) ** 2);
    } else {
      this.#squares.add(term * term);
    }
  }

  /** 0 when there are no terms. */
  value(): number {
    const squares = this.#squares.total();
    if (this.#hasLarge) return Math.sqrt(this.#large.total() + squares * DOWN * DOWN) / DOWN;
    const small = this.#small.total();
    return squares === 0 ? Math.sqrt(small) / UP : Math.sqrt(squares + small / UP / UP);
  }
}

/** A sum: a block's terms added in a row, the blocks with compensation (Neumaier 1974, ZAMM 54). */
class BlockSum {
  #sum = 0;
  #compensation = 0;
  #block = 0;
  #inBlock = 0;

  add(term: number): void {
    this.#block += term;
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
