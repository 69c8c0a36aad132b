import { sizeOf } from '../tensors/tensor.ts';
import { BoundProgram } from './bound-program.ts';
import { CostWeights } from './cost-weights.ts';
import { ExampleMap } from './example-map.ts';
import type { Heap } from './heap.ts';
import { type LaneBuffer, placeBuffers } from './lane-buffers.ts';
import { type MovedPath, movedPath, type ProbeOrigin } from './moved-path.ts';
import type { Operand } from './op.ts';
import { type FrontierRead, ProgramPlanner, type ProgramStep } from './program-planner.ts';
import { compactShape, type Region } from './region.ts';
import type { Tape } from './tape.ts';

/**
 * Evaluates J at many probes at once. A probe moves a region of one node (a component of a parameter, a unit of a
 * layer's output); only what the move reaches is evaluated again, and of each node only the region that it reaches.
 * A batch holds up to `width` pairs of points (x₊, x₋); with n pairs, lane k is pair k's plus side and lane n + k its
 * minus side. ΔJ is read off at the path's frontier (see `MovedPath`, `CostWeights`).
 *
 * Along the axes `examples` of the origin, which must not be mixed on the way (see `independentAxes`), one pair moves
 * every example at once, and ΔJ is told for each of them.
 */
export class ProbeProgram {
  readonly path: MovedPath;
  readonly start: Region;
  readonly startSize: number;
  /** How many examples one pair moves: the number of ΔJ that it gives. */
  readonly examples: number;
  readonly exampleMap: ExampleMap;
  /** Pairs in a batch: a constant of the graph and the start, never of the machine. */
  readonly width: number;
  /** float64s of scratch that a batch needs. */
  readonly scratchSize: number;
  /** Floating-point operations of one pair, by a static count. */
  readonly flopsPerPair: number;
  readonly weights: CostWeights;
  readonly steps: readonly ProgramStep[];
  readonly frontier: readonly FrontierRead[];
  readonly startBuffer: LaneBuffer;

  /**
   * @param examples axes of the origin that are free in `start`, each index of which is an example
   * @param mostScratch float64s that there are for it: fewer pairs make a batch, though never less than one
   */
  constructor(
    tape: Tape,
    origin: ProbeOrigin,
    start: Region,
    examples: readonly number[] = [],
    mostScratch = Number.POSITIVE_INFINITY,
  ) {
    this.path = movedPath(tape.graph, origin);
    this.start = start;
    this.startSize = sizeOf(compactShape(start));
    this.exampleMap = new ExampleMap(tape.graph, this.path, examples);
    this.examples = this.exampleMap.count;
    this.weights = new CostWeights(tape.graph, this.path);
    const planner = new ProgramPlanner(tape, this.path, start);
    this.frontier = planner.frontier;
    this.startBuffer = planner.startBuffer;
    this.steps = planner.steps;
    const perLane = placeBuffers(planner.buffers);
    this.width = batchWidth(2 * perLane, mostScratch - this.weights.size);
    this.scratchSize = this.weights.size + 2 * this.width * perLane;
    this.flopsPerPair = 2 * planner.flops;
  }

  /** Whether the start moves J at all. */
  get reachesCost(): boolean {
    return this.path.frontier.length > 0;
  }

  /** Makes the program ready to run at one place of a memory. Computes the cost's weights. */
  bind(heap: Heap, base: readonly Operand[], scratch: number): BoundProgram {
    return new BoundProgram(this, heap, base, scratch);
  }
}

/** A batch's scratch should stay within half a megabyte, about the second-level cache of a small server core. */
const SCRATCH_FLOATS = 65_536;
const MAX_WIDTH = 64;

function batchWidth(floatsPerPair: number, most: number): number {
  const fitting = Math.floor(Math.min(SCRATCH_FLOATS, most) / Math.max(1, floatsPerPair));
  return Math.max(1, Math.min(MAX_WIDTH, fitting));
}
