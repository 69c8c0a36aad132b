import type { BoundProgram } from '../../graph/bound-program.ts';
import type { Contraction } from '../../graph/contraction.ts';
import type { Heap } from '../../graph/heap.ts';
import type { Operand } from '../../graph/op.ts';
import { RegionMap } from '../../graph/region.ts';
import { unravel } from '../../tensors/tensor.ts';
import type { JobView } from '../job-memory.ts';
import { evaluationError, type Noise, relativeNoise, roundingBound } from '../noise/noise.ts';
import type { UnitGroup } from '../plan/unit-group.ts';
import { randomStream } from '../random.ts';
import type { ShardEntry } from '../shard.ts';
import { differences, RETRY_STEPS, stepOf } from './differences.ts';
import { UnitValues } from './unit-values.ts';

/** Contractions that an estimate of the rounding is made of. */
const ROUNDING_SAMPLES = 4;

/** Moves units of one layer's output in one slot, and contracts what comes of it to derivatives by the parameters. */
export class UnitSweep {
  /** Evaluations of J made so far: all examples of a unit are one. */
  evaluations = 0;
  readonly #job: JobView;
  readonly #noise: Noise;
  readonly #relativeNoise: number;
  readonly #heap: Heap;
  readonly #group: UnitGroup;
  readonly #base: readonly Operand[];
  readonly #program: BoundProgram;
  readonly #unitMap: RegionMap;
  readonly #examples: Int32Array | undefined;
  /** Where one unit's derivatives are put, and what lies behind for contracting them. */
  readonly #weights: number;

  constructor(job: JobView, group: UnitGroup, slot: number, noise: Noise) {
    this.#job = job;
    this.#noise = noise;
    this.#relativeNoise = relativeNoise(noise);
    this.#heap = job.heap(slot);
    this.#group = group;
    this.#base = job.baseValues(slot);
    this.#program = group.program.bind(this.#heap, this.#base, job.scratch(slot));
    this.#unitMap = new RegionMap(group.program.start);
    this.#examples = group.program.exampleMap.examplesOf(group.output, group.program.start);
    this.#weights = job.scratch(slot) + group.program.scratchSize;
  }

  /** The derivatives that follow from some units. @returns undefined when the job was cancelled */
  run(start: number, count: number): ShardEntry[] | undefined {
    const values = this.#group.members.map(
      ({ contraction }) => new UnitValues(contraction.target, count, contraction.entries?.value),
    );
    const { contracted, program } = this.#group;
    for (let first = 0; first < count; first += contracted) {
      const units = unitsFrom(start + first, Math.min(contracted, count - first));
      const results: UnitDerivatives[] = [];
      for (let done = 0; done < units.length; done += program.width) {
        if (this.#job.cancelled) return undefined;
        results.push(...this.#differentiate(units.slice(done, done + program.width)));
      }
      this.#group.members.forEach((member, i) => {
        this.#contract(member.contraction, units, results, values[i]);
      });
    }
    return this.#group.members.map(({ parameter, contraction }, i) => ({
      parameter,
      role: 'value',
      ...values[i].finish(this.#rounding(contraction, start)),
    }));
  }

  /**
   * What rounding can have done to the derivatives that follow from one unit. Its entries e err independently of each
   * other, each by B(e), so that Σ x·B adds up as √Σ x²·B²: found as the root mean square of contractions of ±B with
   * seeded signs, which needs no other knowledge of x.
   */
  #rounding(contraction: Contraction, unit: number): Float64Array {
    const bounds = this.#entryBounds(unit);
    const random = randomStream(unit + 1);
    const squares = new Float64Array(contraction.targetSize);
    const coordinates = this.#coordinatesOf([unit]);
    for (let sample = 0; sample < ROUNDING_SAMPLES; sample++) {
      const signed = bounds.map((bound) => (random() < 0.5 ? -bound : bound));
      const [values] = this.#contractAll(contraction, coordinates, [signed]);
      for (let i = 0; i < squares.length; i++) squares[i] += values[i] * values[i];
    }
    return squares.map((sum) => Math.sqrt(sum / ROUNDING_SAMPLES));
  }

  /** B of ∂J/∂entry for a unit's entries: an example errs by its share of an evaluation's error. */
  #entryBounds(unit: number): Float64Array {
    const { examples } = this.#group.program;
    const { deviation, scale } = this.#noise;
    const share = { deviation: deviation / Math.sqrt(examples), scale: scale / examples };
    const error = evaluationError(share);
    return Float64Array.from(this.#unitValues(unit), (value) =>
      roundingBound(error, differences.central.roundoff, this.#stepOf(value)),
    );
  }

  #stepOf(value: number): number {
    return stepOf('central', this.#job.spec.settings.epsilon, value, this.#relativeNoise);
  }

  /**
   * ∂J/∂output of some units. Entries at which a kink was crossed are tried again with smaller steps, each for
   * itself; a step that was given is used exactly.
   */
  #differentiate(units: readonly number[]): UnitDerivatives[] {
    const size = this.#group.unitSize;
    const results = units.map(() => ({
      derivatives: new Float64Array(size),
      crossed: new Uint8Array(size).fill(1),
    }));
    for (const factor of this.#job.spec.settings.epsilon === 'auto' ? [1, ...RETRY_STEPS] : [1]) {
      const left = units.map((_, i) => i).filter((i) => results[i].crossed.includes(1));
      if (left.length === 0) break;
      const distances = left.map((i, lane) =>
        this.#move(units[i], lane, left.length, factor, results[i].crossed),
      );
      this.#program.run(left.length, false);
      this.evaluations += 2 * left.length;
      for (const [lane, i] of left.entries()) this.#take(results[i], lane, distances[lane], factor);
    }
    return results;
  }

  /** Moves the marked entries of one unit in both lanes of its pair, the others staying. @returns the distances moved */
  #move(unit: number, lane: number, pairs: number, factor: number, marked: Uint8Array): Float64Array {
    const { floats } = this.#job;
    const rank = this.#group.program.start.shape.length;
    this.#locate(unit, this.#program.coordinates, lane * rank);
    this.#locate(unit, this.#program.coordinates, (pairs + lane) * rank);
    const from =
      this.#base[this.#group.output].offset + this.#unitMap.start(this.#program.coordinates, lane * rank);
    const [plusLane, minusLane] = [this.#program.startOf(lane), this.#program.startOf(pairs + lane)];
    const distances = new Float64Array(marked.length);
    const { table } = this.#unitMap;
    for (let entry = 0; entry < marked.length; entry++) {
      const value = floats[from + (table === undefined ? entry : table[entry])];
      const step = marked[entry] === 0 ? 0 : factor * this.#stepOf(value);
      floats[plusLane + entry] = value + step;
      floats[minusLane + entry] = value - step;
      distances[entry] = value + step - (value - step);
    }
    return distances;
  }

  #take(
    { derivatives, crossed }: UnitDerivatives,
    lane: number,
    distances: Float64Array,
    factor: number,
  ): void {
    const first = lane * this.#group.program.examples;
    for (let entry = 0; entry < crossed.length; entry++) {
      if (crossed[entry] === 0) continue;
      const example = first + (this.#examples?.[entry] ?? 0);
      const stillCrossed = this.#program.crossed[example];
      // Of those that cross with every step the first one counts.
      if (stillCrossed === 0 || factor === 1)
        derivatives[entry] = this.#program.differences[example] / distances[entry];
      crossed[entry] = stillCrossed === 0 ? 0 : 1;
    }
  }

  #contract(
    contraction: Contraction,
    units: readonly number[],
    results: readonly UnitDerivatives[],
    values: UnitValues,
  ): void {
    const coordinates = this.#coordinatesOf(units);
    const rank = this.#group.program.start.shape.length;
    const contracted = this.#contractAll(
      contraction,
      coordinates,
      results.map(({ derivatives }) => derivatives),
    );
    contracted.forEach((own, i) => {
      values.add(own, contraction.target.start(coordinates, i * rank), results[i].crossed.includes(1));
    });
  }

  /** Derivatives by the parameter that follow from those by units; views that the next call writes over. */
  #contractAll(
    contraction: Contraction,
    coordinates: Int32Array,
    derivatives: readonly Float64Array[],
  ): Float64Array[] {
    const { floats } = this.#job;
    const { unitSize } = this.#group;
    const units = derivatives.length;
    derivatives.forEach((own, i) => {
      floats.set(own, this.#weights + i * unitSize);
    });
    const scratch = this.#weights + units * unitSize;
    const at = contraction.run(this.#heap, this.#base, units, this.#weights, scratch, coordinates);
    const { targetSize } = contraction;
    return derivatives.map((_, i) => floats.subarray(at + i * targetSize, at + (i + 1) * targetSize));
  }

  /** Base values of a unit's entries. */
  #unitValues(unit: number): Float64Array {
    const { floats } = this.#job;
    this.#locate(unit, this.#program.coordinates, 0);
    const from = this.#base[this.#group.output].offset + this.#unitMap.start(this.#program.coordinates, 0);
    const { table, size } = this.#unitMap;
    return Float64Array.from({ length: size }, (_, i) => floats[from + (table === undefined ? i : table[i])]);
  }

  #coordinatesOf(units: readonly number[]): Int32Array {
    const rank = this.#group.program.start.shape.length;
    const coordinates = new Int32Array(units.length * rank);
    units.forEach((unit, i) => {
      this.#locate(unit, coordinates, i * rank);
    });
    return coordinates;
  }

  /** Writes a unit's coordinates, one for each axis of the output, from `at` on. */
  #locate(unit: number, coordinates: Int32Array, at: number): void {
    const { axes, lengths } = this.#group;
    unravel(unit, lengths).forEach((index, i) => {
      coordinates[at + axes[i]] = index;
    });
  }
}

/** `count` units in a row. */
function unitsFrom(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => first + i);
}

interface UnitDerivatives {
  readonly derivatives: Float64Array;
  /** Set while an entry has crossed a kink with every step tried. */
  readonly crossed: Uint8Array;
}
