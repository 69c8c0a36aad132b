import { type Shape, stridesOf } from '../../tensors/tensor.ts';
import { indexAlong } from './index-along.ts';

/** For a component, the one whose value stands there instead; −1 for none. Both numbered row-major. */
export type IndexMap = (component: number) => number;

/** A[…, i, …, j, …] stands at […, j, …, i, …]; both axes are of one length. */
export function swapAxes(shape: Shape, first: number, second: number): IndexMap {
  const strides = stridesOf(shape);
  const length = shape[first];
  return (component) => {
    const i = indexAlong(component, strides[first], length);
    const j = indexAlong(component, strides[second], length);
    return component + (j - i) * strides[first] + (i - j) * strides[second];
  };
}

/** The last index along each of these axes comes first. */
export function reverseAxes(shape: Shape, axes: readonly number[]): IndexMap {
  const strides = stridesOf(shape);
  return (component) => {
    let from = component;
    for (const axis of axes) {
      const index = indexAlong(component, strides[axis], shape[axis]);
      from += (shape[axis] - 1 - 2 * index) * strides[axis];
    }
    return from;
  };
}

/** What belongs at an index stands `by` further along the axis. */
export function shiftAxis(shape: Shape, axis: number, by: number, wraps: boolean): IndexMap {
  const stride = stridesOf(shape)[axis];
  const length = shape[axis];
  return (component) => {
    const index = indexAlong(component, stride, length);
    const from = index - by;
    if (!wraps && (from < 0 || from >= length)) return -1;
    return component + (((from + length) % length) - index) * stride;
  };
}

/** A [rows, columns] matrix's numbers, written as its transpose lies in memory. */
export function transposedMemory([rows, columns]: Shape): IndexMap {
  return (component) => indexAlong(component, 1, rows) * columns + indexAlong(component, rows, columns);
}

/** A [rows, columns] matrix read from memory as if its transpose lay there. */
export function readTransposed([rows, columns]: Shape): IndexMap {
  return (component) => indexAlong(component, 1, columns) * rows + indexAlong(component, columns, rows);
}
