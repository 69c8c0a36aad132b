import { type Faults, pointerTo } from '../../errors/fault.ts';
import type { Attributes, NodeId } from '../../graph/graph.ts';
import type { GraphBuilder } from '../../graph/graph-builder.ts';
import { ShapeError } from '../../graph/op.ts';
import { quote } from '../../tensors/describe-json.ts';
import { formatShape, type Shape, type Tensor } from '../../tensors/tensor.ts';
import type { ModelInputs, NamedTensors } from '../model-format.ts';
import { didYouMean } from '../nearest-name.ts';
import { featureAxis, type Layout } from './layout.ts';

/** What every part of one layers document is lowered with. */
export interface Lowering {
  readonly builder: GraphBuilder;
  readonly inputs: ModelInputs;
  readonly layout: Layout;
  /** The number of examples, m; undefined while the input's shape is not known. */
  readonly examples: number | undefined;
  readonly faults: Faults;
}

/**
 * A node of the graph; undefined where a fault keeps it from being built. That fault has been told already, so
 * whatever meets an undefined node says nothing of it and goes on.
 */
export type MaybeNode = NodeId | undefined;

/** One part of a layers document – a layer, the loss, a regulariser – while it is lowered to the graph. */
export class Site {
  readonly layout: Layout;
  readonly examples: number | undefined;
  /** How messages and graph nodes call this part: `layers[2] (dense)`. */
  readonly source: string;
  readonly #lowering: Lowering;
  readonly #pointer: string;

  constructor(lowering: Lowering, pointer: string, source: string) {
    this.#lowering = lowering;
    this.#pointer = pointer;
    this.layout = lowering.layout;
    this.examples = lowering.examples;
    this.source = source;
  }

  /** Reads what the document says of this part. */
  read<T>(reader: (value: unknown, pointer: string, faults: Faults) => T, value: unknown): T {
    return reader(value, this.#pointer, this.#lowering.faults);
  }

  /** Adds a fault of this part, or of the place that `path` leads to from it. */
  fault(detail: string, ...path: readonly (string | number)[]): void {
    this.#lowering.faults.add(path.reduce<string>(pointerTo, this.#pointer), `${this.source}: ${detail}`);
  }

  /** The tensor of θ or of the data that `name` means. An unknown name is a fault of the field at `path`. */
  tensor(name: string, ...path: readonly (string | number)[]): MaybeNode {
    const { parameters, data } = this.#lowering.inputs;
    if (parameters.has(name)) return this.#leaf('parameter', name, parameters.get(name));
    if (data.has(name)) return this.#leaf('data', name, data.get(name));
    this.#unknown('parameter and no data', name, namesOf([parameters, data]), path);
    return undefined;
  }

  /** Like `tensor`, for what must be a parameter of θ. */
  parameter(name: string, ...path: readonly (string | number)[]): MaybeNode {
    const { parameters, data } = this.#lowering.inputs;
    if (parameters.has(name)) return this.#leaf('parameter', name, parameters.get(name));
    if (data.has(name)) this.fault(`${quote(name)} is data, but must be a parameter`, ...path);
    else this.#unknown('parameter', name, parameters.keys(), path);
    return undefined;
  }

  /** Like `tensor`, for what must be data. */
  data(name: string, ...path: readonly (string | number)[]): MaybeNode {
    const { parameters, data } = this.#lowering.inputs;
    if (data.has(name)) return this.#leaf('data', name, data.get(name));
    if (parameters.has(name)) this.fault(`${quote(name)} is a parameter, but must be data`, ...path);
    else this.#unknown('data', name, data.keys(), path);
    return undefined;
  }

  /** The values of a data tensor; undefined when the name means something else or the tensor has a fault. */
  dataValues(name: string): Tensor | undefined {
    return this.#lowering.inputs.data.get(name);
  }

  /** Appends an op; shapes that do not fit are a fault of this part. */
  apply(op: string, inputs: readonly MaybeNode[], attributes: Attributes = {}): MaybeNode {
    const known = inputs.filter((input) => input !== undefined);
    if (known.length < inputs.length) return undefined;
    try {
      return this.#lowering.builder.apply(op, known, attributes, this.source);
    } catch (error) {
      if (!(error instanceof ShapeError)) throw error;
      this.fault(error.message);
      return undefined;
    }
  }

  scalar(value: number): NodeId {
    return this.#lowering.builder.scalar(value);
  }

  /** A tensor of the model itself. */
  constant(shape: Shape, values: Float64Array): NodeId {
    return this.#lowering.builder.constant({ shape, dtype: 'float64', values });
  }

  /** The data tensor that a node is; undefined when it is anything else. */
  dataBehind(node: NodeId): { readonly name: string; readonly values: Float64Array } | undefined {
    const name = this.#lowering.builder.dataName(node);
    const values = name === undefined ? undefined : this.dataValues(name)?.values;
    return name === undefined || values === undefined ? undefined : { name, values };
  }

  /** The number of nodes that the graph has so far. */
  get graphSize(): number {
    return this.#lowering.builder.size;
  }

  shapeOf(node: MaybeNode): Shape | undefined {
    return node === undefined ? undefined : this.#lowering.builder.shapeOf(node);
  }

  /** The node in another shape of the same size; itself when it has that shape. */
  reshape(node: MaybeNode, shape: Shape): MaybeNode {
    const same = this.shapeOf(node)?.join() === shape.join();
    return same ? node : this.apply('reshape', [node], { shape });
  }

  /** The axis of the input's features. An input that has none is a fault. */
  featureAxis(input: MaybeNode): number | undefined {
    const shape = this.shapeOf(input);
    if (shape === undefined) return undefined;
    if (shape.length > 1) return featureAxis(this.layout, shape);
    this.fault(
      `its input has shape ${formatShape(shape)}, which is examples without features: [m,1] would fit`,
    );
    return undefined;
  }

  /** Refuses what only the layout batch-first can say. @returns whether the layout is batch-first. */
  needsBatchFirst(): boolean {
    if (this.layout.name === 'batch-first') return true;
    this.fault(
      'needs the layout "batch-first": with "features-first" an activation has two axes, [features,examples]',
    );
    return false;
  }

  /**
   * A leaf of the shape that a faulty part would have given, so that the parts after it are still checked. A graph
   * with a fault is never used, so it is never evaluated.
   */
  standIn(features: number, input: Shape | undefined): MaybeNode {
    const shape = input?.with(featureAxis(this.layout, input), features) ?? this.#columns(features);
    return shape && this.#lowering.builder.data(`in place of ${this.source}`, shape);
  }

  /** Whether `name` means a tensor of θ or of the data. */
  hasTensor(name: string): boolean {
    const { parameters, data } = this.#lowering.inputs;
    return parameters.has(name) || data.has(name);
  }

  /** Adds the fault that nothing is called `name`, with the nearest of the tensors and of `others`. */
  refuseUnknown(
    wanted: string,
    name: string,
    others: Iterable<string>,
    ...path: readonly (string | number)[]
  ): void {
    const { parameters, data } = this.#lowering.inputs;
    this.#unknown(wanted, name, [...others, ...parameters.keys(), ...data.keys()], path);
  }

  /** An activation's shape where the layout alone tells how many axes it has. */
  #columns(features: number): Shape | undefined {
    const isTold = this.layout.name === 'features-first' && this.examples !== undefined;
    return isTold ? [features, this.examples] : undefined;
  }

  #unknown(wanted: string, name: string, among: Iterable<string>, path: readonly (string | number)[]): void {
    const hint = didYouMean(name, among, this.#lowering.faults.list.length);
    this.fault(`there is no ${wanted} ${quote(name)}${hint}`, ...path);
  }

  #leaf(kind: 'parameter' | 'data', name: string, tensor: Tensor | undefined): MaybeNode {
    return tensor && this.#lowering.builder[kind](name, tensor.shape);
  }
}

function* namesOf(groups: readonly NamedTensors[]): Iterable<string> {
  for (const tensors of groups) yield* tensors.keys();
}
