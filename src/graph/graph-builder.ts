import type { Shape, Tensor } from '../tensors/tensor.ts';
import type { Attributes, Graph, GraphNode, NodeId } from './graph.ts';
import { ShapeError } from './op.ts';
import { findOp } from './ops/registry.ts';

/** Builds a graph node by node; every format of `models/` lowers to calls of this class. */
export class GraphBuilder {
  readonly #nodes: GraphNode[] = [];
  readonly #constants: Tensor[] = [];
  readonly #leaves = new Map<string, NodeId>();

  parameter(name: string, shape: Shape): NodeId {
    return this.#leaf('parameter', name, shape);
  }

  data(name: string, shape: Shape): NodeId {
    return this.#leaf('data', name, shape);
  }

  constant(value: Tensor): NodeId {
    this.#constants.push(value);
    return this.#add({ op: 'constant', name: String(this.#constants.length - 1), shape: value.shape });
  }

  scalar(value: number): NodeId {
    return this.constant({ shape: [], dtype: 'float64', values: Float64Array.of(value) });
  }

  /**
   * Appends an op. `source` says what the client wrote, for messages.
   * @throws ShapeError when the inputs' shapes do not fit the op.
   */
  apply(op: string, inputs: readonly NodeId[], attributes: Attributes = {}, source?: string): NodeId {
    const definition = findOp(op);
    const least = typeof definition.arity === 'number' ? definition.arity : definition.arity.atLeast;
    if (inputs.length < least || (typeof definition.arity === 'number' && inputs.length > least)) {
      throw new ShapeError(`${op} takes ${least} inputs, not ${inputs.length}`);
    }
    const shape = definition.inferShape(
      inputs.map((input) => this.shapeOf(input)),
      attributes,
    );
    return this.#add({ op, inputs, attributes, shape, ...(source === undefined ? {} : { source }) });
  }

  shapeOf(node: NodeId): Shape {
    return this.#nodes[node].shape;
  }

  /** The name of the data tensor that a node is; undefined when it is anything else. */
  dataName(id: NodeId): string | undefined {
    const node = this.#nodes[id];
    return node.op === 'data' && 'name' in node ? node.name : undefined;
  }

  /** The number of nodes so far. */
  get size(): number {
    return this.#nodes.length;
  }

  /** Names of the parameters that the model mentions. */
  get parameterNames(): string[] {
    return this.#nodes.flatMap((node) => (node.op === 'parameter' && 'name' in node ? [node.name] : []));
  }

  /** @throws ShapeError when the cost is not a single number. */
  finish(cost: NodeId): Graph {
    const shape = this.shapeOf(cost);
    if (shape.some((length) => length !== 1)) {
      throw new ShapeError(`the cost must be a scalar, not of shape [${shape.join(',')}]`);
    }
    return { nodes: this.#nodes, cost, constants: this.#constants };
  }

  #leaf(op: 'parameter' | 'data', name: string, shape: Shape): NodeId {
    const key = `${op} ${name}`;
    const known = this.#leaves.get(key);
    if (known !== undefined) return known;
    const id = this.#add({ op, name, shape });
    this.#leaves.set(key, id);
    return id;
  }

  #add(node: GraphNode): NodeId {
    this.#nodes.push(node);
    return this.#nodes.length - 1;
  }
}
