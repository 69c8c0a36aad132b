import type { BoundProgram } from '../../graph/bound-program.ts';
import type { ProbeProgram } from '../../graph/probe-program.ts';
import type { Parameter } from '../check-job.ts';
import type { JobView } from '../job-memory.ts';
import { evaluationError, type Noise, relativeNoise, roundingBound } from '../noise/noise.ts';
import { differences, RETRY_STEPS } from '../sweep/differences.ts';
import { type Move, MoveSums } from './move-sums.ts';
import { type Direction, type Projection, stepAlong } from './projection.ts';
import { SignVector } from './sign-vector.ts';

/** Evaluations of J per attempt: both sides, with the whole and with half of the step. */
const EVALUATIONS = 4;

/** Moves components of one parameter together, along ±1 vectors, in one slot. */
export class DirectionSweep {
  readonly #job: JobView;
  readonly #program: BoundProgram;
  readonly #width: number;
  readonly #parameter: Parameter;
  readonly #noise: Noise;

  /** @param program moves the parameter as a whole */
  constructor(job: JobView, program: ProbeProgram, parameter: Parameter, slot: number, noise: Noise) {
    this.#job = job;
    this.#program = program.bind(job.heap(slot), job.baseValues(slot), job.scratch(slot));
    this.#noise = noise;
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
      unmoved: whole.move.skipped,
      distance: whole.move.smallest,
      spread: whole.move.length / whole.move.smallest,
      size: whole.move.size / whole.move.smallest,
      // Both sides are half the distance away from θ.
      rounding: roundingBound(
        evaluationError(this.#noise),
        differences.central.roundoff,
        whole.move.smallest / 2,
      ),
      // Of order 2: what is left over is a quarter as much with half the step. A kink is no matter of order.
      truncation: crossed ? 0 : (4 / 3) * shift,
      factor,
      relativeNoise: relativeNoise(this.#noise),
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
    const part = { count: direction.count, factor, relativeNoise: relativeNoise(this.#noise) };
    const first = direction.start - offset;
    for (let i = first; i < first + direction.count; i++) {
      const claimed = floats[layout.claimed + offset + i];
      if (!Number.isFinite(claimed)) {
        sums.skip();
        continue;
      }
      const value = floats[theta + i];
      const step = signs.at(i) * stepAlong(spec.settings, value, part);
      floats[plusAt + i] = value + step;
      floats[minusAt + i] = value - step;
      sums.add(claimed, value + step - (value - step));
    }
    return sums.finish();
  }
}

interface Quotient {
  readonly move: Move;
  readonly numeric: number;
  readonly claimed: number;
  readonly crossed: boolean;
}

type Attempt = Omit<Projection, keyof Direction | 'evaluations'>;
