import type { Attributes } from '../../graph/graph.ts';
import { quote } from '../../tensors/describe-json.ts';
import { formatShape, type Shape, sameShape, sizeOf } from '../../tensors/tensor.ts';
import { type ElementType, integerRange, isFloat, isInteger } from './element-type.ts';
import type { Emission } from './emission.ts';
import type { OnnxNode } from './file/onnx-file.ts';
import type { TensorContent } from './file/onnx-tensor.ts';
import type { NodeAttributes } from './node-attributes.ts';
import { OnnxRefusal } from './onnx-refusal.ts';
import type { OnnxResult, OnnxSequence, OnnxValue } from './onnx-value.ts';

/** Entries that one node's result may have where it is computed when the model is read. */
const mostFolded = 2 ** 22;

/** One node of an ONNX model while it is lowered to the graph. */
export class NodeSite {
  /** The operator set that the model is written in. */
  readonly opset: number;
  readonly attributes: NodeAttributes;
  /** As the node has them; undefined for one that is left out. */
  readonly #inputs: readonly (OnnxResult | undefined)[];
  readonly #node: OnnxNode;
  readonly #emission: Emission;

  constructor(
    node: OnnxNode,
    inputs: readonly (OnnxResult | undefined)[],
    attributes: NodeAttributes,
    opset: number,
    emission: Emission,
  ) {
    this.#node = node;
    this.#inputs = inputs;
    this.attributes = attributes;
    this.opset = opset;
    this.#emission = emission;
  }

  /** An input that must be there. */
  input(position: number): OnnxValue {
    return this.optional(position) ?? this.refuse(`its input ${position} is missing`);
  }

  optional(position: number): OnnxValue | undefined {
    const given = this.#inputs[position];
    if (given !== undefined && 'parts' in given)
      this.refuse(`its input ${position} is a sequence of tensors`);
    return given;
  }

  /** An input that must be a sequence. */
  sequence(position: number): OnnxSequence {
    const given = this.#inputs[position];
    return given !== undefined && 'parts' in given
      ? given
      : this.refuse(`its input ${position} is no sequence of tensors`);
  }

  /** Every input of an operator that takes any number of them, none left out. */
  allInputs(): readonly OnnxValue[] {
    if (this.#inputs.length === 0) this.refuse('it has no inputs');
    return this.#inputs.map((_, position) => this.input(position));
  }

  /** The number of outputs that the node names. */
  get outputCount(): number {
    return this.#node.outputs.length;
  }

  /** Whether an output has a name, so that something may read it. */
  wantsOutput(position: number): boolean {
    return (this.#node.outputs[position] ?? '') !== '';
  }

  /**
   * Appends an op of the graph (`graph/ops/registry.ts`). The result has the type of the first input unless `type`
   * says otherwise.
   */
  apply(
    op: string,
    inputs: readonly OnnxValue[],
    attributes: Attributes = {},
    type: ElementType = inputs[0].type,
  ): OnnxValue {
    return this.#emission.apply(op, inputs, attributes, type, this.#node.source);
  }

  /** One number of the type of a value that it is to be computed with. */
  scalar(value: number, like: OnnxValue): OnnxValue {
    return this.constant(like.type, [], Float64Array.of(value));
  }

  constant(type: ElementType, shape: Shape, values: Float64Array): OnnxValue {
    return this.#emission.constant({ type, shape, values });
  }

  /** One number everywhere. */
  filled(type: ElementType, shape: Shape, value: number): OnnxValue {
    return this.broadcastTo(this.constant(type, [], Float64Array.of(value)), shape);
  }

  constantOf(content: TensorContent): OnnxValue {
    return this.#emission.constant(content);
  }

  /** A value as one of another type, its entries as they are. */
  retyped(value: OnnxValue, type: ElementType): OnnxValue {
    return { ...value, type };
  }

  reshape(x: OnnxValue, shape: Shape): OnnxValue {
    return sameShape(x.shape, shape) ? x : this.apply('reshape', [x], { shape });
  }

  broadcastTo(x: OnnxValue, shape: Shape): OnnxValue {
    if (sameShape(x.shape, shape)) return x;
    // Before it is built, so that a shape from the file cannot make a table of that size.
    this.checkSize(shape);
    return this.apply('broadcast-to', [x], { shape });
  }

  transpose(x: OnnxValue, axes: readonly number[]): OnnxValue {
    return axes.every((axis, i) => axis === i) ? x : this.apply('transpose', [x], { axes });
  }

  /** The entries of a value when no parameter moves it; undefined otherwise. */
  known(value: OnnxValue): Float64Array | undefined {
    return this.#emission.known(value);
  }

  /** The entries of a value that decides about shapes or places, so that no parameter may move it. */
  needKnown(value: OnnxValue, what: string): Float64Array {
    const values = this.known(value);
    if (values !== undefined) return values;
    return this.refuse(
      this.#emission.isFixed(value)
        ? `${what} takes too long to compute`
        : `${what} depends on a parameter, but must be known when the model is read`,
    );
  }

  /** The same as whole numbers: a shape, axes, indices. */
  needIntegers(value: OnnxValue, what: string): number[] {
    const values = Array.from(this.needKnown(value, what));
    const wrong = values.find(
      (entry) => !Number.isInteger(entry) && Math.abs(entry) !== Number.POSITIVE_INFINITY,
    );
    if (wrong !== undefined) this.refuse(`${what} holds ${wrong}, which is no whole number`);
    return values;
  }

  /** Whole numbers given by an attribute in older opsets and by an input in newer ones; undefined when by neither. */
  integersFrom(attribute: string, position: number): readonly number[] | undefined {
    const input = this.optional(position);
    const own = this.attributes.ints(attribute);
    return input === undefined ? own : this.needIntegers(input, attribute);
  }

  /** An axis as it is counted from the front, 0 to rank − 1. */
  axis(axis: number, rank: number): number {
    const counted = axis < 0 ? axis + rank : axis;
    if (counted < 0 || counted >= rank) this.refuse(`axis ${axis} is none of ${rank} axes`);
    return counted;
  }

  /** Distinct axes, as they are counted from the front. */
  axes(axes: readonly number[], rank: number): number[] {
    const counted = axes.map((axis) => this.axis(axis, rank));
    if (new Set(counted).size !== counted.length)
      this.refuse(`an axis is named twice in ${formatShape(axes)}`);
    return counted;
  }

  /** Computes each entry of a whole-number result from known values; one that the type cannot hold is refused. */
  fold(type: ElementType, shape: Shape, entryAt: (position: number) => number): OnnxValue {
    this.checkFolded(shape);
    const values = Float64Array.from({ length: sizeOf(shape) }, (_, position) => entryAt(position));
    if (isInteger(type)) {
      const [least, most] = integerRange(type);
      const wrong = values.find((value) => !(value >= least && value <= most && Number.isInteger(value)));
      if (wrong !== undefined) this.refuse(`a result is ${wrong}, which ${type} does not hold`);
    }
    return this.constant(type, shape, values);
  }

  /** Refuses an input that is not of a float type. */
  needFloat(value: OnnxValue): OnnxValue {
    return isFloat(value.type) ? value : this.refuse(`it takes floats, not ${value.type}`);
  }

  /** Refuses a shape larger than any that a model may have. */
  checkSize(shape: Shape): void {
    if (shape.some((length) => !(length >= 0)) || !(sizeOf(shape) <= 2 ** 28)) {
      this.refuse(`a result would have the shape ${formatShape(shape)}`);
    }
  }

  /** Refuses a shape of more entries than may be computed when the model is read. */
  checkFolded(shape: Shape): void {
    this.checkSize(shape);
    if (sizeOf(shape) > mostFolded) {
      this.refuse(`${formatShape(shape)} are more entries than are computed when a model is read`);
    }
    this.#emission.needConstantRoom(sizeOf(shape));
  }

  /** @throws OnnxRefusal unless an attribute is one of these. */
  choice<T extends string>(attribute: string, fallback: T, choices: readonly T[]): T {
    const text = this.attributes.text(attribute) ?? fallback;
    const found = choices.find((choice) => choice === text);
    return found ?? this.refuse(`the ${attribute} ${quote(text)} is not one of ${choices.join(', ')}`);
  }

  /** @throws OnnxRefusal always: the node cannot be taken. */
  refuse(detail: string): never {
    throw new OnnxRefusal(`${this.#node.source}: ${detail}`);
  }
}
