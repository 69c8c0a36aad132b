import type { BoundProgram } from '../../graph/bound-program.ts';
import type { ProbeProgram } from '../../graph/probe-program.ts';
import { FREE } from '../../graph/region.ts';
import type { JobView } from '../job-memory.ts';
import { randomStream } from '../random.ts';
import { NOISE_POINTS, noiseDeviation } from './ecnoise.ts';
import { NO_NOISE, type Noise } from './noise.ts';

/** The points lie so far apart, relative to max(1, |θᵢ|): J is all but linear between them, and its noise is not. */
const SPACING = 1e-10;

/** The noise of J at θ along some parameters, and what it took to measure it. */
export interface MeasuredNoise {
  readonly noise: readonly Noise[];
  /** Evaluations of J made. */
  readonly evaluations: number;
}

/** Measures the noise of J along one seeded direction for each of the parameters `start` … `start + count − 1`. */
export function measureNoise(job: JobView, slot: number, start: number, count: number): MeasuredNoise {
  let evaluations = 0;
  const noise = job.compiled.noisePrograms.slice(start, start + count).map((program, i) => {
    if (!program?.reachesCost) return NO_NOISE;
    const direction = new NoiseDirection(job, program, start + i, slot);
    const measured = { deviation: direction.deviation(), scale: direction.scale() };
    evaluations += direction.evaluations;
    return measured;
  });
  return { noise, evaluations };
}

/** Equally spaced points along one direction, ±1 times max(1, |θᵢ|) in each component. */
class NoiseDirection {
  evaluations = 0;
  readonly #memory: Float64Array;
  readonly #program: BoundProgram;
  readonly #width: number;
  readonly #theta: Float64Array;
  readonly #direction: Float64Array;
  readonly #place: readonly number[];

  constructor(job: JobView, program: ProbeProgram, parameter: number, slot: number) {
    const random = randomStream(job.spec.settings.seed * 104729 + parameter + 1);
    const { shape, fixed } = program.start;
    this.#memory = job.floats;
    this.#program = program.bind(job.heap(slot), job.baseValues(slot), job.scratch(slot));
    this.#width = program.width;
    this.#place = fixed.map((axis, i) => (axis === FREE ? 0 : Math.floor(random() * shape[i])));
    // The fixed axes are the first ones, so that what is moved lies in a row.
    const at = this.#place.reduce((sum, index, axis) => sum * shape[axis] + index, 0);
    const from = job.layout.theta + job.spec.parameters[parameter].offset + at;
    this.#theta = job.floats.slice(from, from + program.startSize);
    this.#direction = this.#theta.map(
      (value) => (random() < 0.5 ? -1 : 1) * SPACING * Math.max(1, Math.abs(value)),
    );
  }

  scale(): number {
    return this.#program.frontierScale();
  }

  /** 0 where a kink lies between the points, seen from θ in either direction. */
  deviation(): number {
    for (const sign of [1, -1]) {
      const values = this.#values(sign);
      if (values !== undefined) return noiseDeviation(values);
    }
    return 0;
  }

  /** J − J(θ) at each point; undefined when not all of them lie on one side of every kink. */
  #values(sign: number): Float64Array | undefined {
    const values = new Float64Array(NOISE_POINTS);
    let crossed: number | undefined;
    for (let first = 0; first < NOISE_POINTS; first += this.#width) {
      const count = Math.min(this.#width, NOISE_POINTS - first);
      for (let lane = 0; lane < count; lane++) this.#move(lane, sign * (first + lane + 1));
      this.#program.run(count, true);
      this.evaluations += count;
      for (let lane = 0; lane < count; lane++) {
        crossed ??= this.#program.crossed[lane];
        if (this.#program.crossed[lane] !== crossed) return undefined;
        values[first + lane] = this.#program.differences[lane];
      }
    }
    return values;
  }

  #move(lane: number, times: number): void {
    const start = this.#program.startOf(lane);
    for (let i = 0; i < this.#theta.length; i++)
      this.#memory[start + i] = this.#theta[i] + times * this.#direction[i];
    this.#program.coordinates.set(this.#place, lane * this.#place.length);
  }
}
