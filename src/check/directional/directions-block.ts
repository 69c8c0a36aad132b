import type { NodeId } from '../../graph/graph.ts';
import { ProbeProgram } from '../../graph/probe-program.ts';
import { wholeRegion } from '../../graph/region.ts';
import type { Tape } from '../../graph/tape.ts';
import { sizeOf } from '../../tensors/tensor.ts';
import { VECTORS } from './projection.ts';

/** The ±1 vectors of one parameter, all of whose components are moved together along each. */
export interface DirectionsBlock {
  readonly kind: 'directions';
  readonly parameter: number;
  /** Moves the parameter as a whole. */
  readonly program: ProbeProgram;
  readonly probes: number;
  readonly flopsPerProbe: number;
  /** What moving one of its components by itself takes. */
  readonly flopsPerComponent: number;
}

/** Of a component, its part in a direction: its sign, its step, both sides, and the sums. */
const FLOPS_PER_MOVE = 16;

/**
 * The block of a parameter. A pure function of the graph.
 * @param leaf the node that reads the parameter
 * @returns undefined when moving every component by itself takes no more than its directions
 */
export function directionsBlock(
  tape: Tape,
  leaf: NodeId,
  parameter: number,
  probeOverhead: number,
  flopsPerComponent: number,
): DirectionsBlock | undefined {
  const { shape } = tape.graph.nodes[leaf];
  const size = sizeOf(shape);
  const program = new ProbeProgram(tape, { node: leaf }, wholeRegion(shape));
  // Each is measured with a whole and with half a step.
  const flopsPerProbe = probeOverhead + 2 * (program.flopsPerPair + FLOPS_PER_MOVE * size);
  if (!program.reachesCost || size * flopsPerComponent <= VECTORS * flopsPerProbe) return undefined;
  return { kind: 'directions', parameter, program, probes: VECTORS, flopsPerProbe, flopsPerComponent };
}
