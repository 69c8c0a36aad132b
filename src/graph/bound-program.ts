import { BoundRead } from './bound-read.ts';
import { type BoundStep, bindStep } from './bound-step.ts';
import { frontierScale } from './frontier-scale.ts';
import type { Heap } from './heap.ts';
import { LaneSpace } from './lane-space.ts';
import type { Operand } from './op.ts';
import type { ProbeProgram } from './probe-program.ts';

/** A probe program at one place of a memory: weights computed, ready to run batch after batch. */
export class BoundProgram {
  /** Coordinates of every lane's start region, lane after lane, one for each axis of the origin. */
  readonly coordinates: Int32Array;
  /** J(x₊) − J(x₋) of each pair and example of the last batch, pair after pair. */
  readonly differences: Float64Array;
  /** For each pair and example of the last batch: the entries of piecewise ops where another piece was active than at θ. */
  readonly crossed: Uint32Array;
  readonly #program: ProbeProgram;
  readonly #space: LaneSpace;
  readonly #weights: number;
  readonly #steps: readonly BoundStep[];
  readonly #reads: readonly BoundRead[];

  constructor(program: ProbeProgram, heap: Heap, base: readonly Operand[], scratch: number) {
    const { width, examples, exampleMap, weights } = program;
    const lanes = scratch + weights.size;
    this.#program = program;
    this.#weights = scratch;
    this.#space = new LaneSpace(heap, base, lanes, 2 * width, program.start.shape.length);
    this.coordinates = this.#space.coordinates;
    this.differences = new Float64Array(width * examples);
    this.crossed = new Uint32Array(width * examples);
    this.#steps = program.steps.map((step) =>
      bindStep(step, this.#space, (pair, { node, region }, entry) => {
        const example = exampleMap.examplesOf(node, region)?.[entry] ?? 0;
        this.crossed[pair * examples + example]++;
      }),
    );
    if (program.reachesCost) weights.compute(heap, base, scratch);
    this.#reads = program.frontier.map((read) => {
      const weightsAt = scratch + weights.offsetOf(read.node);
      return new BoundRead(read, this.#space, weightsAt, exampleMap.examplesOf(read.node, read.region));
    });
  }

  /** Where the start region's values of a lane lie, in a row: the caller writes them. */
  startOf(lane: number): number {
    return this.#space.of(this.#program.startBuffer, lane);
  }

  /** The scale of the numbers that enter the last subtraction of the cost. For programs that are not bound in parts. */
  frontierScale(): number {
    const { heap, base } = this.#space;
    return frontierScale(this.#program, heap.floats, base, this.#weights);
  }

  /**
   * Runs `pairs` pairs whose start values and coordinates have been written; `differences` and `crossed` then speak
   * of them. When `minusIsBase` there are only plus sides, and the minus side of each is θ itself.
   */
  run(pairs: number, minusIsBase: boolean): void {
    const lanes = minusIsBase ? pairs : 2 * pairs;
    this.crossed.fill(0);
    this.differences.fill(0);
    for (const step of this.#steps) step(lanes, pairs);
    const { examples } = this.#program;
    for (const read of this.#reads) {
      for (let pair = 0; pair < pairs; pair++)
        read.add(this.differences, pair * examples, pair, minusIsBase ? undefined : pairs + pair);
    }
  }
}
