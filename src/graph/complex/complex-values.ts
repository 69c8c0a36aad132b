import type { Complex } from './complex.ts';
import type { KinkWatch } from './kink-watch.ts';

/** The values of a node, row-major. */
export interface ComplexValues {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/** Evaluates one node in complex arithmetic, branching by the real part. */
export type ComplexKernel = (
  inputs: readonly ComplexValues[],
  output: ComplexValues,
  kinks: KinkWatch,
) => void;

/** A function of one number; what it must decide it asks `kinks`. */
export type ComplexFunction = (z: Complex, kinks: KinkWatch) => Complex;

/** A function of two numbers. */
export type ComplexFunction2 = (a: Complex, b: Complex, kinks: KinkWatch) => Complex;

export function complexZeros(size: number): ComplexValues {
  return { re: new Float64Array(size), im: new Float64Array(size) };
}

export function entryOf({ re, im }: ComplexValues, i: number): Complex {
  return { re: re[i], im: im[i] };
}

export function setEntry({ re, im }: ComplexValues, i: number, value: Complex): void {
  re[i] = value.re;
  im[i] = value.im;
}

/** output[i] = f(input[i]). */
export function eachEntry(f: ComplexFunction): ComplexKernel {
  return ([input], output, kinks) => {
    for (let i = 0; i < output.re.length; i++) setEntry(output, i, f(entryOf(input, i), kinks));
  };
}

/** output[i] = f(a[left[i]], b[right[i]]). */
export function eachPair(f: ComplexFunction2, left: Int32Array, right: Int32Array): ComplexKernel {
  return ([a, b], output, kinks) => {
    for (let i = 0; i < left.length; i++)
      setEntry(output, i, f(entryOf(a, left[i]), entryOf(b, right[i]), kinks));
  };
}

/** output[i] = input[table[i]]. */
export function pickEntries(table: Int32Array): ComplexKernel {
  return ([input], output) => {
    for (let i = 0; i < table.length; i++) {
      output.re[i] = input.re[table[i]];
      output.im[i] = input.im[table[i]];
    }
  };
}
