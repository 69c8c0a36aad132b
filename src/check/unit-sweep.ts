import type { BoundProgram } from '../graph/bound-program.ts';
import type { Heap } from '../graph/heap.ts';
import type { Operand } from '../graph/op.ts';
import { RegionMap } from '../graph/region.ts';
import { unravel } from '../tensors/tensor.ts';
import { RETRY_STEPS, stepOf } from './differences.ts';
import type { JobView } from './job-memory.ts';
import type { ShardEntry } from './shard.ts';
import type { UnitGroup } from './unit-group.ts';
import { UnitValues } from './unit-values.ts';

/** Moves units of one layer's output in one slot, and contracts what comes of it to derivatives by the parameters. */
export class UnitSweep {
  /** Evaluations of J made so far: all examples of a unit are one. */
  evaluations = 0;
  readonly #job: JobView;
  readonly #heap: Heap;
  readonly #group: UnitGroup;
  readonly #base: readonly Operand[];
  readonly #program: BoundProgram;
  readonly #unitMap: RegionMap;
  readonly #examples: Int32Array;
  /** Where one unit's derivatives are put, and what lies behind for contracting them. */
  readonly #weights: number;

  constructor(job: JobView, group: UnitGroup, slot: number) {
    this.#job = job;
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
    const values = this.#group.members.map(({ contraction }) => new UnitValues(contraction.target, count));
    const { width } = this.#group.program;
    for (let first = 0; first < count; first += width) {
      if (this.#job.cancelled) return undefined;
      const units = Array.from({ length: Math.min(width, count - first) }, (_, i) => start + first + i);
      const batch = this.#differentiate(units);
      for (const [i, unit] of units.entries()) this.#contract(unit, batch[i], values);
    }
    return this.#group.members.map(({ parameter }, i) => ({
      parameter,
      role: 'value',
      ...values[i].finish(),
    }));
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
    const { floats, spec } = this.#job;
    this.#locate(unit, lane);
    this.#locate(unit, pairs + lane);
    const rank = this.#group.program.start.shape.length;
    const from =
      this.#base[this.#group.output].offset + this.#unitMap.start(this.#program.coordinates, lane * rank);
    const [plusLane, minusLane] = [this.#program.startOf(lane), this.#program.startOf(pairs + lane)];
    const distances = new Float64Array(marked.length);
    const { table } = this.#unitMap;
    for (let entry = 0; entry < marked.length; entry++) {
      const value = floats[from + (table === undefined ? entry : table[entry])];
      const step = marked[entry] === 0 ? 0 : factor * stepOf(spec.settings.epsilon, 'central', value);
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
      const example = first + this.#examples[entry];
      const stillCrossed = this.#program.crossed[example];
      // Of those that cross with every step the first one counts.
      if (stillCrossed === 0 || factor === 1)
        derivatives[entry] = this.#program.differences[example] / distances[entry];
      crossed[entry] = stillCrossed;
    }
  }

  #contract(unit: number, { derivatives, crossed }: UnitDerivatives, values: readonly UnitValues[]): void {
    const { floats } = this.#job;
    floats.set(derivatives, this.#weights);
    this.#locate(unit, 0);
    this.#group.members.forEach(({ contraction }, i) => {
      const scratch = this.#weights + this.#group.unitSize;
      const at = contraction.run(
        this.#heap,
        this.#base,
        this.#weights,
        scratch,
        this.#program.coordinates,
        0,
      );
      const start = contraction.target.start(this.#program.coordinates, 0);
      values[i].add(floats.subarray(at, at + contraction.targetSize), start, crossed.includes(1));
    });
  }

  /** Writes a unit's coordinates to a lane. */
  #locate(unit: number, lane: number): void {
    const { axes, lengths, program } = this.#group;
    const rank = program.start.shape.length;
    unravel(unit, lengths).forEach((index, i) => {
      this.#program.coordinates[lane * rank + axes[i]] = index;
    });
  }
}

interface UnitDerivatives {
  readonly derivatives: Float64Array;
  /** Set while an entry has crossed a kink with every step tried. */
  readonly crossed: Uint8Array;
}
