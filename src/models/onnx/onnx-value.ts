import type { NodeId } from '../../graph/graph.ts';
import type { Shape } from '../../tensors/tensor.ts';
import type { ElementType } from './element-type.ts';

/** What a name of an ONNX graph stands for: a node of ours, and the type that the model gives it. */
export interface OnnxValue {
  readonly node: NodeId;
  readonly shape: Shape;
  readonly type: ElementType;
}

/** Several values under one name: splitting makes them, and an operator picks one or joins them again. */
export interface OnnxSequence {
  readonly parts: readonly OnnxValue[];
}

/** What a node may give. */
export type OnnxResult = OnnxValue | OnnxSequence;
