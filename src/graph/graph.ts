import type { Shape, Tensor } from '../tensors/tensor.ts';

/** The position of a node in `Graph.nodes`; a node's inputs always have smaller ids. */
export type NodeId = number;

export type AttributeValue = number | string | boolean | readonly number[];
export type Attributes = Readonly<Record<string, AttributeValue>>;

/** A leaf: a parameter of θ, a named data tensor, or a constant of the model. */
export interface LeafNode {
  readonly op: 'parameter' | 'data' | 'constant';
  /** The name of the parameter or data tensor; for a constant, its position in `Graph.constants`. */
  readonly name: string;
  readonly shape: Shape;
}

export interface OpNode {
  /** A name in the op registry. */
  readonly op: string;
  readonly inputs: readonly NodeId[];
  readonly attributes: Attributes;
  readonly shape: Shape;
  /** What the client wrote that became this node, for messages: `layers[2] (dense)`, `line 1, column 8`. */
  readonly source?: string;
}

export type GraphNode = LeafNode | OpNode;

/** A cost function J(θ): nodes in topological order with static shapes. Plain data, safe to send and to store. */
export interface Graph {
  readonly nodes: readonly GraphNode[];
  /** The scalar J. */
  readonly cost: NodeId;
  readonly constants: readonly Tensor[];
}

export function isLeaf(node: GraphNode): node is LeafNode {
  return node.op === 'parameter' || node.op === 'data' || node.op === 'constant';
}
