import { pairwiseDot } from '../../graph/pairwise-dot.ts';

/** Components that are summed at once: the order of sums depends on nothing but their number. */
const BLOCK = 4096;

/** What is known of a move before J is evaluated. */
export interface Move {
  /** Σ claimedᵢ·distanceᵢ. */
  readonly claimed: number;
  /** Components that are not moved. */
  readonly skipped: number;
  /** The smallest |distanceᵢ|. */
  readonly smallest: number;
  /** ‖distance‖₂. */
  readonly length: number;
  /** ‖claimedᵢ·distanceᵢ‖₂. */
  readonly size: number;
}

/** Sums over the components of a move: within blocks of one length, then over the blocks, by halves. */
export class MoveSums {
  readonly #claimed: Float64Array;
  readonly #distances: Float64Array;
  readonly #products: Float64Array;
  readonly #blocks: Record<'claimed' | 'length' | 'size', number[]> = { claimed: [], length: [], size: [] };
  #smallest = Number.POSITIVE_INFINITY;
  #inBlock = 0;
  #skipped = 0;

  constructor(count: number) {
    const length = Math.min(BLOCK, count);
    this.#claimed = new Float64Array(length);
    this.#distances = new Float64Array(length);
    this.#products = new Float64Array(length);
  }

  add(claimed: number, distance: number): void {
    this.#claimed[this.#inBlock] = claimed;
    this.#distances[this.#inBlock] = distance;
    this.#products[this.#inBlock] = claimed * distance;
    this.#smallest = Math.min(this.#smallest, Math.abs(distance));
    if (++this.#inBlock === BLOCK) this.#closeBlock();
  }

  /** A component stays. */
  skip(): void {
    this.#skipped++;
  }

  finish(): Move {
    if (this.#inBlock > 0) this.#closeBlock();
    const { claimed, length, size } = this.#blocks;
    return {
      claimed: sum(claimed),
      skipped: this.#skipped,
      smallest: this.#smallest,
      length: Math.sqrt(sum(length)),
      size: Math.sqrt(sum(size)),
    };
  }

  #closeBlock(): void {
    const count = this.#inBlock;
    this.#blocks.claimed.push(pairwiseDot(this.#claimed, this.#distances, count));
    this.#blocks.length.push(pairwiseDot(this.#distances, this.#distances, count));
    this.#blocks.size.push(pairwiseDot(this.#products, this.#products, count));
    this.#inBlock = 0;
  }
}

function sum(terms: readonly number[]): number {
  return pairwiseDot(Float64Array.from(terms), new Float64Array(terms.length).fill(1), terms.length);
}
