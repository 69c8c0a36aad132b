import type { BoundProgram } from '../../graph/bound-program.ts';
import { pairwiseDot } from '../../graph/pairwise-dot.ts';
import type { ProbeProgram } from '../../graph/probe-program.ts';
import type { Parameter } from '../check-job.ts';
import { RETRY_STEPS } from '../differences.ts';
import type { JobView } from '../job-memory.ts';
import { type Direction, type Projection, stepAlong } from './projection.ts';
import { SignVector } from './sign-vector.ts';

/** Components whose moves are summed at once: the order of sums depends on nothing but the direction. */
const BLOCK = 4096;
/** Units in the last place by which the difference of two values of J may be off. */
const ROUNDING = 16 * 2 ** -53;
/** Evaluations of J per attempt: both sides, with the whole and with half of the step. */
const EVALUATIONS = 4;

/** Moves components of one parameter together, along ±1 vectors, in one slot. */
export class DirectionSweep {
  readonly #job: JobView;
  readonly #program: BoundProgram;
  readonly #width: number;
  readonly #parameter: Parameter;
  readonly #cost: number;

  /** @param program moves the parameter as a whole */
  constructor(job: JobView, program: ProbeProgram, parameter: Parameter, slot: number) {
    this.#job = job;
    const base = job.baseValues(slot);
    this.#cost = job.floats[base[job.spec.graph.cost].offset];
    this.#program = program.bind(job.heap(slot), base, job.scratch(slot));
    this.#width = program.width;
    this.#parameter = parameter;
  }

  /**
   * Measures one direction. With an automatic step it is tried again with smaller ones while a kink is crossed; of
   * those that cross with every step the first counts.
   * @returns undefined when the job was cancelled
   */
  measure(direction: Direction): Projection | undefined {
    let first: Attempt | undefined;
    let evaluations = 0;
    for (const factor of this.#job.spec.settings.epsilon === 'auto' ? [1, ...RETRY_STEPS] : [1]) {
      if (this.#job.cancelled) return undefined;
      const attempt = this.#attempt(direction, factor);
      evaluations += EVALUATIONS;
      if (!attempt.crossed) return { ...direction, ...attempt, evaluations };
      first ??= attempt;
    }
    return first && { ...direction, ...first, evaluations };
  }

  #attempt(direction: Direction, factor: number): Attempt {
    const [whole, half] = this.#quotients(direction, [factor, factor / 2]);
    const crossed = whole.crossed || half.crossed;
    const shift = Math.abs(whole.numeric - whole.claimed - (half.numeric - half.claimed));
    return {
      numeric: whole.numeric,
      claimed: whole.claimed,
      distance: whole.move.smallest,
      spread: whole.move.length / whole.move.smallest,
      size: whole.move.size / whole.move.smallest,
      rounding: (ROUNDING * Math.abs(this.#cost)) / whole.move.smallest,
      // Of order 2: what is left over is a quarter as much with half the step. A kink is no matter of order.
      truncation: crossed ? 0 : (4 / 3) * shift,
      factor,
      crossed,
    };
  }

  /** As many as fit are run together. */
  #quotients(direction: Direction, factors: readonly number[]): Quotient[] {
    const quotients: Quotient[] = [];
    for (let first = 0; first < factors.length; first += this.#width) {
      const batch = factors.slice(first, first + this.#width);
      const moves = batch.map((factor, lane) => this.#move(direction, factor, lane, batch.length));
      this.#program.run(batch.length, false);
      moves.forEach((move, lane) => {
        quotients.push({
          move,
          numeric: this.#program.differences[lane] / move.smallest,
          claimed: move.claimed / move.smallest,
          crossed: this.#program.crossed[lane] !== 0,
        });
      });
    }
    return quotients;
  }

  /** Writes θ⁺ and θ⁻ of the whole parameter to both lanes of a pair. What has no finite claimed value stays. */
  #move(direction: Direction, factor: number, lane: number, pairs: number): Move {
    const { floats, layout, spec } = this.#job;
    const { offset, size } = this.#parameter;
    const theta = layout.theta + offset;
    const [plusAt, minusAt] = [this.#program.startOf(lane), this.#program.startOf(pairs + lane)];
    floats.copyWithin(plusAt, theta, theta + size);
    floats.copyWithin(minusAt, theta, theta + size);

    const signs = new SignVector(spec.settings.seed, direction.parameter, direction.vector);
    const sums = new MoveSums(direction.count);
    const first = direction.start - offset;
    for (let i = first; i < first + direction.count; i++) {
      const claimed = floats[layout.claimed + offset + i];
      if (!Number.isFinite(claimed)) continue;
      const value = floats[theta + i];
      const step = signs.at(i) * stepAlong(spec.settings, value, direction.count, factor);
      floats[plusAt + i] = value + step;
      floats[minusAt + i] = value - step;
      sums.add(claimed, value + step - (value - step));
    }
    return sums.finish();
  }
}

/** What is known of a move before J is evaluated. */
interface Move {
  /** Σ claimedᵢ·distanceᵢ. */
  readonly claimed: number;
  /** The smallest |distanceᵢ|. */
  readonly smallest: number;
  /** ‖distance‖₂. */
  readonly length: number;
  /** ‖claimedᵢ·distanceᵢ‖₂. */
  readonly size: number;
}

interface Quotient {
  readonly move: Move;
  readonly numeric: number;
  readonly claimed: number;
  readonly crossed: boolean;
}

type Attempt = Omit<Projection, keyof Direction | 'evaluations'>;

/** Sums over the components of a move: within blocks of one length, then over the blocks, by halves. */
class MoveSums {
  readonly #claimed: Float64Array;
  readonly #distances: Float64Array;
  readonly #products: Float64Array;
  readonly #blocks: Record<'claimed' | 'length' | 'size', number[]> = { claimed: [], length: [], size: [] };
  #smallest = Number.POSITIVE_INFINITY;
  #inBlock = 0;

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

  finish(): Move {
    if (this.#inBlock > 0) this.#closeBlock();
    const { claimed, length, size } = this.#blocks;
    return {
      claimed: sum(claimed),
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
