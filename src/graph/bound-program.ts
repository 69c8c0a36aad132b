import { frontierScale } from './frontier-scale.ts';
import type { Heap } from './heap.ts';
import type { LaneBuffer } from './lane-buffers.ts';
import type { Operand } from './op.ts';
import { pairwiseDot } from './pairwise-dot.ts';
import type { ProbeProgram } from './probe-program.ts';
import type { FrontierRead, ProgramStep, StepInput } from './program-planner.ts';

/** A frontier node as it is read batch after batch. */
interface BoundRead {
  readonly read: FrontierRead;
  readonly examples: Int32Array;
}

/** A probe program at one place of a memory: weights computed, ready to run batch after batch. */
export class BoundProgram {
  /** Coordinates of every lane's start region, lane after lane, one for each axis of the origin. */
  readonly coordinates: Int32Array;
  /** J(x₊) − J(x₋) of each pair and example of the last batch, pair after pair. */
  readonly differences: Float64Array;
  /** For each pair and example of the last batch: the entries of piecewise ops where another piece was active than at θ. */
  readonly crossed: Uint32Array;
  readonly #program: ProbeProgram;
  readonly #heap: Heap;
  readonly #memory: Float64Array;
  readonly #base: readonly Operand[];
  readonly #weights: number;
  readonly #lanes: number;
  readonly #coordinateCount: number;
  readonly #reads: readonly BoundRead[];
  readonly #branchExamples: ReadonlyMap<ProgramStep, Int32Array>;
  readonly #termWeights: Float64Array;
  readonly #terms: Float64Array;

  constructor(program: ProbeProgram, heap: Heap, base: readonly Operand[], scratch: number) {
    this.#program = program;
    this.#heap = heap;
    this.#memory = heap.floats;
    this.#base = base;
    this.#weights = scratch;
    this.#lanes = scratch + program.weights.size;
    this.#coordinateCount = program.start.shape.length;
    this.coordinates = new Int32Array(2 * program.width * this.#coordinateCount);
    this.differences = new Float64Array(program.width * program.examples);
    this.crossed = new Uint32Array(program.width * program.examples);
    const { exampleMap } = program;
    this.#reads = program.frontier.map((read) => ({
      read,
      examples: exampleMap.examplesOf(read.node, read.region),
    }));
    this.#branchExamples = new Map(
      program.steps.flatMap((step) =>
        step.kind === 'branch' ? [[step, exampleMap.examplesOf(step.node, step.region)]] : [],
      ),
    );
    const longest = Math.max(0, ...program.frontier.map(({ map }) => map.size));
    this.#termWeights = new Float64Array(longest);
    this.#terms = new Float64Array(longest);
    if (program.reachesCost) program.weights.compute(heap, base, scratch);
  }

  /** Where the start region's values of a lane lie, in a row: the caller writes them. */
  startOf(lane: number): number {
    return this.#laneOf(this.#program.startBuffer, lane);
  }

  /** The scale of the numbers that enter the last subtraction of the cost. For programs that are not bound in parts. */
  frontierScale(): number {
    return frontierScale(this.#program, this.#memory, this.#base, this.#weights);
  }

  /**
   * Runs `pairs` pairs whose start values and coordinates have been written; `differences` and `crossed` then speak
   * of them. When `minusIsBase` there are only plus sides, and the minus side of each is θ itself.
   */
  run(pairs: number, minusIsBase: boolean): void {
    const lanes = minusIsBase ? pairs : 2 * pairs;
    this.crossed.fill(0);
    for (const step of this.#program.steps) this.#step(step, lanes, pairs);
    this.differences.fill(0);
    for (const bound of this.#reads) {
      for (let pair = 0; pair < pairs; pair++) this.#subtract(bound, pair, pairs, minusIsBase);
    }
  }

  #step(step: ProgramStep, lanes: number, pairs: number): void {
    if (step.kind === 'op') {
      const inputs = step.inputs.map((input) => this.#operand(input));
      step.kernel.value(this.#heap, lanes, inputs, this.#operand({ buffer: step.to }));
      return;
    }
    for (let lane = 0; lane < lanes; lane++) {
      if (step.kind === 'branch') this.#compareBranches(step, lane, lane % pairs);
      else this.#move(step, lane);
    }
  }

  #move(step: Exclude<ProgramStep, { kind: 'op' | 'branch' }>, lane: number): void {
    const memory = this.#memory;
    const at = lane * this.#coordinateCount;
    const to = this.#laneOf(step.to, lane);
    if (step.kind === 'gather') {
      step.map.gather(memory, this.#base[step.node].offset + step.map.start(this.coordinates, at), to);
    } else if (step.kind === 'widen') {
      step.within.scatter(
        memory,
        this.#laneOf(step.from, lane),
        to + step.within.start(this.coordinates, at),
      );
    } else {
      const base = this.#base[step.node].offset + step.map.start(this.coordinates, at);
      const from = this.#laneOf(step.from, lane);
      const { table, size } = step.map;
      for (let i = 0; i < size; i++)
        memory[to + i] = memory[from + i] - memory[base + (table === undefined ? i : table[i])];
    }
  }

  #compareBranches(step: Extract<ProgramStep, { kind: 'branch' }>, lane: number, pair: number): void {
    const examples = this.#branchExamples.get(step);
    const offset = (input: StepInput) => {
      const { offset, laneStride } = this.#operand(input);
      return offset + lane * laneStride;
    };
    step.kernel.value(this.#memory, step.moved.map(offset), step.base.map(offset), (entry) => {
      this.crossed[pair * this.#program.examples + (examples?.[entry] ?? 0)]++;
    });
  }

  /** Adds Σ weight · (plus − minus) over the entries of one frontier node, to each example its own. */
  #subtract({ read, examples }: BoundRead, pair: number, pairs: number, minusIsBase: boolean): void {
    const memory = this.#memory;
    const { table, size } = read.map;
    const start = read.map.start(this.coordinates, pair * this.#coordinateCount);
    const weights = this.#weights + this.#program.weights.offsetOf(read.node) + start;
    const plus = this.#laneOf(read.buffer, pair);
    const minus = minusIsBase
      ? this.#base[read.node].offset + start
      : this.#laneOf(read.buffer, pairs + pair);
    for (let i = 0; i < size; i++) {
      const entry = table === undefined ? i : table[i];
      this.#termWeights[i] = memory[weights + entry];
      this.#terms[i] = memory[plus + i] - memory[minus + (minusIsBase ? entry : i)];
    }
    const first = pair * this.#program.examples;
    if (this.#program.examples === 1) {
      this.differences[first] += pairwiseDot(this.#termWeights, this.#terms, size);
      return;
    }
    for (let i = 0; i < size; i++)
      this.differences[first + examples[i]] += this.#termWeights[i] * this.#terms[i];
  }

  #operand(input: StepInput): Operand {
    if ('node' in input) return this.#base[input.node];
    return { offset: this.#laneOf(input.buffer, 0), laneStride: input.buffer.size };
  }

  #laneOf(buffer: LaneBuffer, lane: number): number {
    return this.#lanes + buffer.offset * 2 * this.#program.width + lane * buffer.size;
  }
}
