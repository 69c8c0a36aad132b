import type { BackwardStep } from '../../graph/backward-steps.ts';
import type { Penalty } from './penalty.ts';

/** The numeric gradient of the cost in which one activation's slope is taken to be 1. */
export interface SlopeVariant {
  /** What the client wrote that became the activation: `layers[1] (relu)`. */
  readonly layer: string;
  readonly op: string;
  /** By parameter; NaN where not checked. */
  readonly numeric: ReadonlyMap<string, Float64Array>;
}

/** What is known of the cost. */
export interface DiagnosisContext {
  /** m, if the graph tells it. */
  readonly examples?: number;
  readonly penalties: readonly Penalty[];
  /** Where the backward pass meets parameters, from the cost on. */
  readonly steps: readonly BackwardStep[];
  readonly slopeVariants: readonly SlopeVariant[];
}
