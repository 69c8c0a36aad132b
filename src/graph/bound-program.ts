import type { LaneBuffer } from './lane-buffers.ts';
import type { Operand } from './op.ts';
import { pairwiseDot } from './pairwise-dot.ts';
import type { FrontierRead, ProbeProgram, ProgramStep, StepInput } from './probe-program.ts';

/** A probe program at one place of a memory: weights computed, ready to run batch after batch. */
export class BoundProgram {
  /** Coordinates of every lane's start region, lane after lane. */
  readonly coordinates: Int32Array;
  readonly #program: ProbeProgram;
  readonly #memory: Float64Array;
  readonly #base: readonly Operand[];
  readonly #weights: number;
  readonly #lanes: number;
  readonly #coordinateCount: number;
  readonly #termWeights: Float64Array;
  readonly #terms: Float64Array;

  constructor(program: ProbeProgram, memory: Float64Array, base: readonly Operand[], scratch: number) {
    this.#program = program;
    this.#memory = memory;
    this.#base = base;
    this.#weights = scratch;
    this.#lanes = scratch + program.weights.size;
    this.#coordinateCount = program.start.shape.length;
    this.coordinates = new Int32Array(2 * program.width * this.#coordinateCount);
    const longest = Math.max(0, ...program.frontier.map(({ map }) => map.size));
    this.#termWeights = new Float64Array(longest);
    this.#terms = new Float64Array(longest);
    if (program.reachesCost) program.weights.compute(memory, base, scratch);
  }

  /** Where the start region's values of a lane lie, in a batch of `lanes` lanes: the caller writes them. */
  startOf(lane: number): number {
    return (
      this.#lanes +
      this.#program.startBuffer.offset * 2 * this.#program.width +
      lane * this.#program.startSize
    );
  }

  /**
   * Runs `pairs` pairs whose start values and coordinates have been written, and writes J(x₊) − J(x₋) of each to
   * `differences`. When `minusIsBase` there are only plus sides, and the minus side of each is θ itself.
   */
  run(pairs: number, minusIsBase: boolean, differences: Float64Array): void {
    const lanes = minusIsBase ? pairs : 2 * pairs;
    for (const step of this.#program.steps) this.#step(step, lanes);
    differences.fill(0, 0, pairs);
    for (const read of this.#program.frontier) {
      for (let pair = 0; pair < pairs; pair++)
        differences[pair] += this.#difference(read, pair, pairs, minusIsBase);
    }
  }

  #step(step: ProgramStep, lanes: number): void {
    const memory = this.#memory;
    if (step.kind === 'op') {
      step.kernel.value(
        memory,
        lanes,
        step.inputs.map((input) => this.#operand(input)),
        this.#operand({ buffer: step.to }),
      );
      return;
    }
    for (let lane = 0; lane < lanes; lane++) {
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
  }

  /** Σ weight · (plus − minus) over the entries of one frontier node. */
  #difference(
    { node, map, buffer }: FrontierRead,
    pair: number,
    pairs: number,
    minusIsBase: boolean,
  ): number {
    const memory = this.#memory;
    const { table, size } = map;
    const start = map.start(this.coordinates, pair * this.#coordinateCount);
    const weights = this.#weights + this.#program.weights.offsetOf(node) + start;
    const plus = this.#laneOf(buffer, pair);
    const minus = minusIsBase ? this.#base[node].offset + start : this.#laneOf(buffer, pairs + pair);
    for (let i = 0; i < size; i++) {
      const entry = table === undefined ? i : table[i];
      this.#termWeights[i] = memory[weights + entry];
      this.#terms[i] = memory[plus + i] - memory[minus + (minusIsBase ? entry : i)];
    }
    return pairwiseDot(this.#termWeights, this.#terms, size);
  }

  #operand(input: StepInput): Operand {
    if ('node' in input) return this.#base[input.node];
    return { offset: this.#laneOf(input.buffer, 0), laneStride: input.buffer.size };
  }

  #laneOf(buffer: LaneBuffer, lane: number): number {
    return this.#lanes + buffer.offset * 2 * this.#program.width + lane * buffer.size;
  }
}
