import { describeJson } from './describe-json.ts';
import { readEntries } from './json-entries.ts';
import { type Shape, sizeOf } from './tensor.ts';
import type { TensorFaults } from './tensor-faults.ts';

/** More axes than any model has; the limit keeps a document of a million brackets from overflowing the stack. */
export const mostAxes = 32;

/**
 * Reads nested arrays of numbers, row-major. The first entry of every level gives the shape; an array that departs
 * from it is ragged, a fault at its exact place.
 */
export function readNestedArray(
  nested: readonly unknown[],
  faults: TensorFaults,
): { shape: Shape; values: Float64Array } | undefined {
  const shape = shapeOfFirst(nested);
  if (shape === undefined) {
    faults.add([], `arrays are nested deeper than ${mostAxes} axes`);
    return undefined;
  }
  const reader = new NestedReader(shape, faults);
  reader.checkLengths(nested, 0);
  // Only when every row has its length is the size the number of entries really sent. Before, it may be a product of
  // lengths that no document holds, so nothing is allocated; entries are then read for their faults alone, and
  // writing past the end of a typed array does nothing.
  const values = new Float64Array(faults.none ? sizeOf(shape) : 0);
  reader.readRows(nested, 0, values);
  return { shape, values };
}

function shapeOfFirst(nested: readonly unknown[]): number[] | undefined {
  const shape: number[] = [];
  for (let level: unknown = nested; Array.isArray(level); level = level[0]) {
    if (shape.length === mostAxes) return undefined;
    shape.push(level.length);
  }
  return shape;
}

class NestedReader {
  readonly #shape: Shape;
  readonly #faults: TensorFaults;
  readonly #path: number[] = [];
  #position = 0;

  constructor(shape: Shape, faults: TensorFaults) {
    this.#shape = shape;
    this.#faults = faults;
  }

  checkLengths(value: unknown, axis: number): void {
    const length = this.#shape[axis];
    if (!Array.isArray(value)) {
      this.#faults.add(
        this.#path,
        `ragged: ${describeJson(value)} stands where an array of ${length} is expected`,
      );
      return;
    }
    if (value.length !== length) {
      this.#faults.add(
        this.#path,
        `ragged: an array of ${value.length} stands where the first one has ${length}`,
      );
    }
    if (axis + 1 < this.#shape.length) this.#descend(value, (entry) => this.checkLengths(entry, axis + 1));
  }

  readRows(value: unknown, axis: number, values: Float64Array): void {
    if (!Array.isArray(value)) return;
    if (axis + 1 < this.#shape.length) {
      this.#descend(value, (entry) => this.readRows(entry, axis + 1, values));
      return;
    }
    readEntries(value, values, this.#position, this.#path, this.#faults);
    this.#position += value.length;
  }

  #descend(array: readonly unknown[], visit: (entry: unknown) => void): void {
    for (let i = 0; i < array.length; i++) {
      this.#path.push(i);
      visit(array[i]);
      this.#path.pop();
    }
  }
}
