import type { Heap } from './heap.ts';
import type { LaneBuffer } from './lane-buffers.ts';
import type { Operand } from './op.ts';
import type { StepInput } from './program-planner.ts';
import type { RegionMap } from './region.ts';

/** Where the lanes of a batch lie: up to `lanes` of them from `start` on, each with the coordinates of its probe. */
export class LaneSpace {
  readonly heap: Heap;
  /** Where the base value of each node lies. */
  readonly base: readonly Operand[];
  /** Coordinates of every lane's start region, lane after lane, one for each axis of the origin. */
  readonly coordinates: Int32Array;
  readonly #start: number;
  readonly #lanes: number;
  readonly #rank: number;

  /** @param rank axes of the origin */
  constructor(heap: Heap, base: readonly Operand[], start: number, lanes: number, rank: number) {
    this.heap = heap;
    this.base = base;
    this.coordinates = new Int32Array(lanes * rank);
    this.#start = start;
    this.#lanes = lanes;
    this.#rank = rank;
  }

  /** What a kernel is given for a step's input. */
  operand(input: StepInput): Operand {
    if ('node' in input) return this.base[input.node];
    return { offset: this.of(input.buffer, 0), laneStride: input.buffer.size };
  }

  /** Where a lane's part of a buffer starts. */
  of(buffer: LaneBuffer, lane: number): number {
    return this.#start + buffer.offset * this.#lanes + lane * buffer.size;
  }

  /** Where a lane's region starts among a node's entries. */
  startOf(map: RegionMap, lane: number): number {
    return map.start(this.coordinates, lane * this.#rank);
  }
}
