import type { NodeId } from '../../graph/graph.ts';
import { formatShape, type Shape } from '../../tensors/tensor.ts';

/** What an expression stands for while it is lowered: a node of the graph, or something known already. */
export type Value =
  | TensorValue
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | SequenceValue
  | { readonly kind: 'none' }
  | { readonly kind: 'ellipsis' }
  | { readonly kind: 'dtype'; readonly name: DtypeName };

export type DtypeName = 'float' | 'int' | 'bool';

export interface TensorValue {
  readonly kind: 'tensor';
  readonly node: NodeId;
  readonly shape: Shape;
  /** Whether it is NumPy's bool: the 0s and 1s of a comparison. */
  readonly mask: boolean;
}

export interface SequenceValue {
  readonly kind: 'sequence';
  /** Written with brackets. */
  readonly list: boolean;
  readonly items: readonly Value[];
  /** Items, their items and so on, itself included: names may hold sequences, so that it grows without being written. */
  readonly weight: number;
  readonly depth: number;
}

export function numberValue(value: number): Value {
  return { kind: 'number', value };
}

/** A tuple of numbers, as a shape is. */
export function shapeValue(shape: Shape): SequenceValue {
  return {
    kind: 'sequence',
    list: false,
    items: shape.map(numberValue),
    weight: 1 + shape.length,
    depth: 1,
  };
}

/** Names a value in a message. */
export function describeValue(value: Value): string {
  switch (value.kind) {
    case 'tensor':
      return `a tensor of shape ${formatShape(value.shape)}`;
    case 'number':
      return String(value.value);
    case 'boolean':
      return value.value ? 'True' : 'False';
    case 'sequence':
      return `a ${value.list ? 'list' : 'tuple'} of ${value.items.length}`;
    case 'none':
      return 'None';
    case 'ellipsis':
      return '...';
    case 'dtype':
      return `the type ${value.name}`;
  }
}
