import type { Shape } from '../../../src/tensors/tensor.ts';
import type { PlainTensor, PlainTensors } from '../../conformance/model-conformance.ts';

/** A layer over tensors of θ, the model's input among them: X comes first, so that derivatives by it are checked too. */
export interface LayerDescription {
  readonly layer: { readonly type: string; readonly [field: string]: unknown };
  /** Shapes with the layout batch-first; every tensor of two axes is transposed for features-first. */
  readonly theta: Readonly<Record<string, Shape>>;
  readonly output: (tensors: PlainTensors) => PlainTensor;
  /** Data beside θ, the model's input where no derivative is taken by it: numbers, or a shape for any numbers. */
  readonly data?: Readonly<Record<string, Shape | PlainTensor>>;
  /** Whether features-first has this layer too. */
  readonly columns?: boolean;
  /** Where the layer has kinks in X, as long as all of X is there. */
  readonly kinks?: readonly number[];
  readonly range?: readonly [number, number];
  /** The op of the layer that has no complex continuation, if one has none. */
  readonly notAnalytic?: string;
}
