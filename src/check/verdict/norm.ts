/** Squares are summed over fixed blocks of so many terms, so that the order depends on nothing but the terms. */
export const BLOCK = 4096;

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
  /** Terms in the block that is open. */
  #inBlock = 0;

  add(term: number): void {
    this.#addSquare(term);
    this.#inBlock++;
    this.#closeFullBlock();
  }

  /** Adds `values[start]` to `values[end − 1]`, in that order. */
  addRange(values: Float64Array, start: number, end: number): void {
    for (let at = start; at < end; ) {
      const stop = Math.min(end, at + BLOCK - this.#inBlock);
      this.#inBlock += stop - at;
      let sum = this.#squares.open;
      for (; at < stop; at++) {
        const size = Math.abs(values[at]);
        if (size >= SMALLEST_SAFE && size <= LARGEST_SAFE) sum += size * size;
        else this.#addExtreme(size);
      }
      this.#squares.open = sum;
      this.#closeFullBlock();
    }
  }

  /** 0 when there are no terms. */
  value(): number {
    const squares = this.#squares.total();
    if (this.#hasLarge) return Math.sqrt(this.#large.total() + squares * DOWN * DOWN) / DOWN;
    const small = this.#small.total();
    return squares === 0 ? Math.sqrt(small) / UP : Math.sqrt(squares + small / UP / UP);
  }

  #addSquare(term: number): void {
    const size = Math.abs(term);
    if (size >= SMALLEST_SAFE && size <= LARGEST_SAFE) this.#squares.open += size * size;
    else this.#addExtreme(size);
  }

  /** Adds the size of a term whose square would overflow or lose digits, or NaN. */
  #addExtreme(size: number): void {
    if (size < SMALLEST_SAFE) {
      this.#small.open += (size * UP) ** 2;
      return;
    }
    this.#hasLarge = true;
    this.#large.open += (size * DOWN) ** 2;
  }

  #closeFullBlock(): void {
    if (this.#inBlock < BLOCK) return;
    this.#inBlock = 0;
    this.#squares.close();
    this.#small.close();
    this.#large.close();
  }
}

/** A sum: a block's terms added in a row, the blocks with compensation (Neumaier 1974, ZAMM 54). */
class BlockSum {
  /** The sum of the block that is open. */
  open = 0;
  #sum = 0;
  #compensation = 0;

  close(): void {
    const sum = this.#sum + this.open;
    const [large, small] = this.#sum >= this.open ? [this.#sum, this.open] : [this.open, this.#sum];
    this.#compensation += large - sum + small;
    this.#sum = sum;
    this.open = 0;
  }

  total(): number {
    this.close();
    // An infinite sum leaves NaN in the compensation.
    return Number.isFinite(this.#sum) ? this.#sum + this.#compensation : this.#sum;
  }
}
