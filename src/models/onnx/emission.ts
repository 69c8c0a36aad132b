import type { Attributes, NodeId } from '../../graph/graph.ts';
import { GraphBuilder } from '../../graph/graph-builder.ts';
import { mostAxes } from '../../tensors/json-nested-array.ts';
import { formatShape, type Shape, sizeOf } from '../../tensors/tensor.ts';
import { FixedValues } from '../fixed-values.ts';
import type { ElementType } from './element-type.ts';
import type { TensorContent } from './file/onnx-tensor.ts';
import { OnnxRefusal } from './onnx-refusal.ts';
import type { OnnxValue } from './onnx-value.ts';

/** Entries that all values of a model together may have: two gibibytes of float64s. */
const mostEntries = 2 ** 28;
/** Entries that the constants made while a model is read may have in all. */
const mostConstantEntries = 2 ** 24;

/** Builds the graph of one model, and knows the values that no parameter moves. */
export class Emission {
  readonly builder = new GraphBuilder();
  readonly #fixed = new FixedValues();
  #entriesLeft = mostEntries;
  #constantEntriesLeft = mostConstantEntries;

  parameter(name: string, shape: Shape, type: ElementType): OnnxValue {
    return { node: this.builder.parameter(name, shape), shape, type };
  }

  data(name: string, { shape, type, values }: TensorContent): OnnxValue {
    const node = this.builder.data(name, shape);
    this.#fixed.addLeaf(node, { shape, values });
    return { node, shape, type };
  }

  /** @throws OnnxRefusal when constants have no room for so many entries more: asked before they are computed. */
  needConstantRoom(entries: number): void {
    if (!(entries <= this.#constantEntriesLeft)) {
      throw new OnnxRefusal(`constants may have at most ${mostConstantEntries} entries in all`);
    }
  }

  /** @throws OnnxRefusal when constants have no room for it. */
  constant({ shape, type, values }: TensorContent): OnnxValue {
    this.needConstantRoom(values.length);
    this.#constantEntriesLeft -= values.length;
    const node = this.builder.constant({ shape, dtype: 'float64', values });
    this.#fixed.addLeaf(node, { shape, values });
    return { node, shape, type };
  }

  /**
   * Appends an op of the graph.
   * @throws ShapeError when the shapes do not fit the op.
   * @throws OnnxRefusal when the result is too large.
   */
  apply(
    op: string,
    inputs: readonly OnnxValue[],
    attributes: Attributes,
    type: ElementType,
    source: string,
  ): OnnxValue {
    const nodes: NodeId[] = inputs.map(({ node }) => node);
    const node = this.builder.apply(op, nodes, attributes, source);
    const shape = this.builder.shapeOf(node);
    if (shape.length > mostAxes) throw new OnnxRefusal(`a tensor has at most ${mostAxes} axes`);
    this.#entriesLeft -= sizeOf(shape);
    if (!(this.#entriesLeft >= 0)) {
      throw new OnnxRefusal(
        `the result of shape ${formatShape(shape)} makes the model larger than ${mostEntries} entries`,
      );
    }
    this.#fixed.addOp(node, { op, inputs: nodes, attributes, shape });
    return { node, shape, type };
  }

  /** A value's entries when no parameter moves them and they are not too many to compute here. */
  known({ node }: OnnxValue): Float64Array | undefined {
    return this.#fixed.read(node);
  }

  /** Whether no parameter moves a value. */
  isFixed({ node }: OnnxValue): boolean {
    return this.#fixed.has(node);
  }
}
