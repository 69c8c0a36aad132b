import type { ComplexValues } from './complex-values.ts';

/** A matrix within complex values: where it starts, and the steps along its two axes. */
export interface ComplexMatrix {
  readonly values: ComplexValues;
  readonly start: number;
  readonly row: number;
  readonly column: number;
}

/** Writes the product of [rows × inner] and [inner × columns] in a row from `start` on, each sum in the order of its terms. */
export function multiplyComplex(
  [rows, inner, columns]: readonly [number, number, number],
  a: ComplexMatrix,
  b: ComplexMatrix,
  output: ComplexValues,
  start: number,
): void {
  output.re.fill(0, start, start + rows * columns);
  output.im.fill(0, start, start + rows * columns);
  for (let i = 0; i < rows; i++) {
    const to = start + i * columns;
    for (let k = 0; k < inner; k++) {
      const left = a.start + i * a.row + k * a.column;
      const re = a.values.re[left];
      const im = a.values.im[left];
      for (let j = 0; j < columns; j++) {
        const right = b.start + k * b.row + j * b.column;
        output.re[to + j] += re * b.values.re[right] - im * b.values.im[right];
        output.im[to + j] += re * b.values.im[right] + im * b.values.re[right];
      }
    }
  }
}
