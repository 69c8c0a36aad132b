import type { Attributes } from '../../graph/graph.ts';
import type { GraphBuilder } from '../../graph/graph-builder.ts';
import { mostAxes } from '../../tensors/json-nested-array.ts';
import { formatShape, type Shape, sameShape, sizeOf, type Tensor } from '../../tensors/tensor.ts';
import { FixedValues } from '../fixed-values.ts';
import { Refusal } from './expression-faults.ts';
import { arrayOf } from './sequences.ts';
import { describeValue, type TensorValue, type Value } from './value.ts';

/** Entries that all values of an expression together may have: half a gibibyte of float64s. */
const mostEntries = 2 ** 26;
/** Entries that all constants written in an expression together may have. */
const mostConstantEntries = 2 ** 20;

const comparisons = new Set(['less', 'less-equal', 'greater', 'greater-equal', 'equal', 'not-equal']);
/** Ops whose output only holds entries, products or extremes of their inputs: of masks they make a mask. */
const maskKeeping = new Set(
  'identity reshape transpose broadcast-to slice concat pick multiply maximum minimum max min'.split(' '),
);

/** What the emitters of one expression share. */
class Emission {
  readonly builder: GraphBuilder;
  readonly fixed = new FixedValues();
  readonly scalars = new Map<string, TensorValue>();
  entriesLeft = mostEntries;
  constantEntriesLeft = mostConstantEntries;

  constructor(builder: GraphBuilder) {
    this.builder = builder;
  }
}

/** Appends nodes to the graph on behalf of one place in the source. */
export class Emitter {
  readonly #emission: Emission;
  readonly #source: string;

  private constructor(emission: Emission, source: string) {
    this.#emission = emission;
    this.#source = source;
  }

  static for(builder: GraphBuilder): Emitter {
    return new Emitter(new Emission(builder), '');
  }

  /** The same, for another place: `line 1, column 8`. */
  at(source: string): Emitter {
    return new Emitter(this.#emission, source);
  }

  leaf(kind: 'parameter' | 'data', name: string, tensor: Tensor): TensorValue {
    const node = this.#emission.builder[kind](name, tensor.shape);
    if (kind === 'data') this.#emission.fixed.addLeaf(node, tensor);
    return { kind: 'tensor', node, shape: tensor.shape, mask: false };
  }

  /**
   * @throws ShapeError when the shapes do not fit the op.
   * @throws Refusal when the result is too large.
   */
  apply(op: string, inputs: readonly TensorValue[], attributes: Attributes = {}): TensorValue {
    const { builder, fixed } = this.#emission;
    const nodes = inputs.map(({ node }) => node);
    const node = builder.apply(op, nodes, attributes, this.#source);
    const shape = builder.shapeOf(node);
    this.checkSize(shape);
    this.#emission.entriesLeft -= sizeOf(shape);
    fixed.addOp(node, { op, inputs: nodes, attributes, shape });
    const mask = comparisons.has(op) || (maskKeeping.has(op) && inputs.every((input) => input.mask));
    return { kind: 'tensor', node, shape, mask };
  }

  scalar(value: number): TensorValue {
    const key = Object.is(value, -0) ? '-0' : String(value);
    const known = this.#emission.scalars.get(key);
    if (known !== undefined) return known;
    const made = this.constant([], () => value);
    this.#emission.scalars.set(key, made);
    return made;
  }

  /**
   * @param valueAt the entry at a row-major position
   * @throws Refusal when the expression's constants grow too large.
   */
  constant(shape: Shape, valueAt: (position: number) => number, mask = false): TensorValue {
    const entries = sizeOf(shape);
    if (!(entries <= this.#emission.constantEntriesLeft)) {
      throw new Refusal(
        `constants may have at most ${mostConstantEntries} entries in all: send larger ones as data`,
      );
    }
    this.#emission.constantEntriesLeft -= entries;
    const values = Float64Array.from({ length: entries }, (_, position) => valueAt(position));
    const tensor: Tensor = { shape, dtype: 'float64', values };
    const node = this.#emission.builder.constant(tensor);
    this.#emission.fixed.addLeaf(node, tensor);
    return { kind: 'tensor', node, shape, mask };
  }

  /**
   * A value as a tensor; lists of numbers become arrays.
   * @throws Refusal when it cannot be one.
   */
  tensor(value: Value): TensorValue {
    switch (value.kind) {
      case 'tensor':
        return value;
      case 'number':
        return this.scalar(value.value);
      case 'boolean':
        return { ...this.scalar(Number(value.value)), mask: true };
      case 'sequence': {
        const { shape, values, mask } = arrayOf(value);
        return this.constant(shape, (position) => values[position], mask);
      }
      default:
        throw new Refusal(`a tensor or a number is needed, not ${describeValue(value)}`);
    }
  }

  reshape(x: TensorValue, shape: Shape): TensorValue {
    if (shape.length > mostAxes) throw new Refusal(`a tensor has at most ${mostAxes} axes`);
    return sameShape(x.shape, shape) ? x : this.apply('reshape', [x], { shape });
  }

  broadcastTo(x: TensorValue, shape: Shape): TensorValue {
    if (sameShape(x.shape, shape)) return x;
    this.checkSize(shape);
    return this.apply('broadcast-to', [x], { shape });
  }

  transpose(x: TensorValue, axes: readonly number[]): TensorValue {
    return axes.every((axis, i) => axis === i) ? x : this.apply('transpose', [x], { axes });
  }

  /** A tensor's entries when no parameter moves them and they are not too many to compute here. */
  fixedValues(x: TensorValue): Float64Array | undefined {
    return this.#emission.fixed.read(x.node);
  }

  isFixed(x: TensorValue): boolean {
    return this.#emission.fixed.has(x.node);
  }

  /** @throws Refusal when a result of this shape would be too large. */
  checkSize(shape: Shape): void {
    if (shape.length > mostAxes) throw new Refusal(`a tensor has at most ${mostAxes} axes`);
    if (!(sizeOf(shape) <= this.#emission.entriesLeft)) {
      throw new Refusal(
        `the result of shape ${formatShape(shape)} makes the expression larger than ${mostEntries} entries`,
      );
    }
  }
}
