import type { NodeId } from '../../graph/graph.ts';
import type { Shape } from '../../tensors/tensor.ts';
import type { ElementType } from './element-type.ts';

/** What a name of an ONNX graph stands for: a node of ours, and the type that the model gives it. */
export interface OnnxValue {
  readonly node: NodeId;
  readonly shape: Shape;
  readonly type: ElementType;
}
