import { type Shape, sizeOf, stridesOf } from '../tensors/tensor.ts';
import type { Heap } from './heap.ts';
import { Lazy } from './lazy.ts';
import { loopNest, offsetTable } from './ops/broadcast.ts';

/** Marks an axis along which a region takes every entry. */
export const FREE = -1;

/**
 * The part of a node's values that a probe can move. Each axis is either free, or fixed to one index; which index
 * is told by a coordinate of the probe (its number stands here), so that one region serves every probe of a batch.
 * A weight W[i,j] moves the region (i, j) of W and, behind X·W, the column j: fixed along one axis, free along the
 * other. Axes of length 1 are always free.
 */
export interface Region {
  readonly shape: Shape;
  /** Per axis FREE or the number of a coordinate. */
  readonly fixed: readonly number[];
}

export function wholeRegion(shape: Shape): Region {
  return { shape, fixed: shape.map(() => FREE) };
}

/** A single entry: coordinate a is the index along axis a. */
export function pointRegion(shape: Shape): Region {
  return { shape, fixed: shape.map((length, axis) => (length === 1 ? FREE : axis)) };
}

export function isWhole(region: Region): boolean {
  return region.fixed.every((coordinate) => coordinate === FREE);
}

/** The shape of the region's entries alone: length 1 along every fixed axis. */
export function compactShape({ shape, fixed }: Region): Shape {
  return shape.map((length, axis) => (fixed[axis] === FREE ? length : 1));
}

/** A region seen from a wider one that holds it: axes that both fix have length 1 there. */
export function regionWithin(inner: Region, outer: Region): Region {
  const shape = compactShape(outer);
  return { shape, fixed: inner.fixed.map((coordinate, axis) => (shape[axis] === 1 ? FREE : coordinate)) };
}

/** Whether two regions of one node are the same. */
export function sameRegion(a: Region, b: Region): boolean {
  return a.fixed.every((coordinate, axis) => coordinate === b.fixed[axis]);
}

/**
 * Where a region's entries lie within its node's values: entry i of the compact values at `table[i]` plus, for each
 * fixed axis, the coordinate's index times the stride.
 */
export class RegionMap {
  readonly size: number;
  /** Whether the region is all of the node's values. */
  readonly whole: boolean;
  readonly #strides: readonly { readonly coordinate: number; readonly stride: number }[];
  readonly #table: Lazy<Int32Array | undefined>;
  readonly #loops: Lazy<RegionLoops>;

  constructor(region: Region) {
    const strides = stridesOf(region.shape);
    const compact = compactShape(region);
    this.size = sizeOf(compact);
    this.whole = isWhole(region);
    this.#table = new Lazy(() => {
      const table = offsetTable(compact, strides);
      return table.every((offset, i) => offset === i) ? undefined : table;
    });
    this.#loops = new Lazy(() => regionLoops(compact, strides));
    this.#strides = region.fixed.flatMap((coordinate, axis) =>
      coordinate === FREE ? [] : [{ coordinate, stride: strides[axis] }],
    );
  }

  /** Undefined for a region whose entries lie in a row. */
  get table(): Int32Array | undefined {
    return this.whole ? undefined : this.#table.value;
  }

  /** Offset of the region of one probe, whose coordinates start at `at` in `coordinates`. */
  start(coordinates: Int32Array, at: number): number {
    let offset = 0;
    for (let i = 0; i < this.#strides.length; i++) {
      const { coordinate, stride } = this.#strides[i];
      offset += coordinates[at + coordinate] * stride;
    }
    return offset;
  }

  /** Copies the region that starts at `from` to a row of compact values at `to`. */
  gather({ kernels }: Heap, from: number, to: number): void {
    const { starts, rows, rowStride, length, stride } = this.#loops.value;
    for (let block = 0; block < starts.length; block++) {
      const at = to + block * rows * length;
      kernels.copy(rows, length, from + starts[block], rowStride, stride, at, length, 1);
    }
  }

  /** Copies compact values at `from` into the region that starts at `to`. */
  scatter({ kernels }: Heap, from: number, to: number): void {
    const { starts, rows, rowStride, length, stride } = this.#loops.value;
    for (let block = 0; block < starts.length; block++) {
      const at = from + block * rows * length;
      kernels.copy(rows, length, at, length, 1, to + starts[block], rowStride, stride);
    }
  }

  /** Writes compact values at `from`, less the region that starts at `base`, to a row at `to`. */
  subtract({ kernels }: Heap, from: number, base: number, to: number): void {
    const { starts, rows, rowStride, length, stride } = this.#loops.value;
    for (let block = 0; block < starts.length; block++) {
      const at = block * rows * length;
      const other = base + starts[block];
      kernels.subtract(rows, length, from + at, length, 1, other, rowStride, stride, to + at, length, 1);
    }
  }
}

/** A region as matrices with even strides: `rows × length` entries at each of `starts`. */
interface RegionLoops {
  readonly starts: Int32Array;
  readonly rows: number;
  readonly rowStride: number;
  readonly length: number;
  readonly stride: number;
}

function regionLoops(compact: Shape, strides: readonly number[]): RegionLoops {
  const { outer, outerStrides, length, innerStrides } = loopNest(compact, [strides]);
  const [steps] = outerStrides;
  return {
    starts: offsetTable(outer.slice(0, -1), steps.slice(0, -1)),
    rows: outer.at(-1) ?? 1,
    rowStride: steps.at(-1) ?? 0,
    length,
    stride: innerStrides[0],
  };
}
