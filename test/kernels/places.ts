import fc from 'fast-check';

/** Lays regions one after the other, each some float64s behind the last, so that alignment varies. */
export class Places {
  readonly #gaps: readonly number[];
  #next = 0;
  #count = 0;

  constructor(gaps: readonly number[]) {
    this.#gaps = gaps;
  }

  take(size: number): number {
    const at = this.#next + this.#gaps[this.#count % this.#gaps.length];
    this.#count++;
    this.#next = at + size;
    return at;
  }
}

/** Entries from the first to the last of a matrix, both included. */
export function span(rows: number, columns: number, rowStride: number, columnStride: number): number {
  return rows === 0 || columns === 0 ? 0 : (rows - 1) * rowStride + (columns - 1) * columnStride + 1;
}

export const gaps = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 4, maxLength: 4 });
export const seed = fc.integer();
/** How many of ten numbers are zeros, infinities, NaN and the like. */
export const specials = fc.constantFrom(0, 0, 1, 5);
/** Strides of what is only read: 0 repeats. */
export const readStride = fc.constantFrom(0, 1, 1, 1, 2, 5);
export const writeStride = fc.constantFrom(1, 1, 1, 2, 3);
