import { formatShape, type Shape } from '../../../tensors/tensor.ts';
import type { Emitter } from '../emitter.ts';
import { Refusal } from '../expression-faults.ts';
import { describeValue, type SequenceValue, type TensorValue, type Value } from '../value.ts';
import type { GivenArgument } from './bind-arguments.ts';

/** A call's arguments by the names of the function's parameters. Every reader throws a `Refusal` for a wrong kind. */
export class CallArguments {
  readonly #bound: ReadonlyMap<string, GivenArgument>;
  readonly #emit: Emitter;

  constructor(bound: ReadonlyMap<string, GivenArgument>, emit: Emitter) {
    this.#bound = bound;
    this.#emit = emit;
  }

  /** Undefined when it was not given, or as None. */
  optional(name: string): Value | undefined {
    const value = this.#bound.get(name)?.value;
    return value?.kind === 'none' ? undefined : value;
  }

  value(name: string): Value {
    const reason = this.#bound.has(name) ? 'cannot be None' : 'is missing';
    return this.optional(name) ?? this.refuse(name, `the argument \`${name}\` ${reason}`);
  }

  tensor(name: string): TensorValue {
    const value = this.value(name);
    if (value.kind === 'ellipsis' || value.kind === 'dtype') {
      this.refuse(name, `\`${name}\` must be a tensor or a number, not ${describeValue(value)}`);
    }
    return this.#emit.tensor(value);
  }

  number(name: string, fallback?: number): number {
    const value = this.optional(name);
    if (value === undefined && fallback !== undefined) return fallback;
    if (value?.kind !== 'number') {
      this.refuse(name, `\`${name}\` must be a constant number, not ${describeOptional(value)}`);
    }
    return value.value;
  }

  integer(name: string, fallback?: number): number {
    return this.#integer(name, { kind: 'number', value: this.number(name, fallback) });
  }

  flag(name: string): boolean {
    const value = this.optional(name);
    if (value === undefined) return false;
    if (value.kind === 'boolean') return value.value;
    this.refuse(name, `\`${name}\` must be True or False, not ${describeValue(value)}`);
  }

  sequence(name: string): SequenceValue {
    const value = this.value(name);
    if (value.kind === 'sequence') return value;
    this.refuse(name, `\`${name}\` must be a list or tuple, not ${describeValue(value)}`);
  }

  /** Whole numbers: one, or a tuple of them. */
  integers(name: string): number[] {
    const value = this.value(name);
    const items = value.kind === 'sequence' ? value.items : [value];
    return items.map((item) => this.#integer(name, item));
  }

  /** The lengths of a shape, none of them negative. */
  shape(name: string): number[] {
    const lengths = this.integers(name);
    if (lengths.some((length) => length < 0))
      this.refuse(name, `\`${name}\` has a negative length: ${formatShape(lengths)}`);
    return lengths;
  }

  /** One axis of a tensor of this shape, counted from 0. */
  axis(name: string, shape: Shape, fallback?: number): number {
    return this.#axis(name, this.integer(name, fallback), shape.length);
  }

  /** Axes of a tensor of this shape, counted from 0 and sorted; undefined when not given. */
  axes(name: string, shape: Shape): number[] | undefined {
    if (this.optional(name) === undefined) return undefined;
    const axes = this.integers(name).map((axis) => this.#axis(name, axis, shape.length));
    if (new Set(axes).size !== axes.length) this.refuse(name, `\`${name}\` names an axis twice`);
    return axes.sort((a, b) => a - b);
  }

  /** @throws Refusal that points at the argument. */
  refuse(name: string, detail: string): never {
    throw new Refusal(detail, this.#bound.get(name)?.offset);
  }

  #axis(name: string, axis: number, rank: number): number {
    const counted = axis < 0 ? axis + rank : axis;
    if (counted >= 0 && counted < rank) return counted;
    const axes = rank === 0 ? 'a scalar, which has no axes' : `a tensor of ${rank} axes`;
    this.refuse(name, `\`${name}\` ${axis} is outside ${axes}`);
  }

  #integer(name: string, value: Value): number {
    if (value.kind === 'number' && Number.isSafeInteger(value.value)) return value.value;
    this.refuse(name, `\`${name}\` must be a constant whole number, not ${describeValue(value)}`);
  }
}

function describeOptional(value: Value | undefined): string {
  return value === undefined ? 'None' : describeValue(value);
}
