import type { OpNode } from '../../../src/graph/graph.ts';
import type { Shape } from '../../../src/tensors/tensor.ts';

/** What the derivative of one node is computed from. */
export interface Local {
  readonly node: OpNode;
  readonly shapes: readonly Shape[];
  readonly inputs: readonly Float64Array[];
  readonly output: Float64Array;
  /** ∂J/∂output. */
  readonly adjoint: Float64Array;
  /** Applied to every number that is computed, as arithmetic of a lower precision would. */
  readonly round: (value: number) => number;
}

/** ∂J/∂input of every input, from ∂J/∂output; undefined for an input that J does not depend on smoothly. */
export type Adjoint = (local: Local) => readonly (Float64Array | undefined)[];

export type Adjoints = Readonly<Record<string, Adjoint>>;
