import type { BackwardStep } from '../../graph/backward-steps.ts';
import type { Penalty } from './penalty.ts';
import type { SlopeVariant } from './slope-variant.ts';

/** What is known of the cost. */
export interface DiagnosisContext {
  /** m, if the graph tells it. */
  readonly examples?: number;
  readonly penalties: readonly Penalty[];
  /** Where the backward pass meets parameters, from the cost on. */
  readonly steps: readonly BackwardStep[];
  readonly slopeVariants: readonly SlopeVariant[];
}
