import { type Shape, sizeOf } from '../../tensors/tensor.ts';
import { type Complex, difference, quotient, real, sum } from './complex.ts';
import { type ComplexKernel, entryOf, setEntry } from './complex-values.ts';
import { exp, principalLog } from './elementary-functions.ts';

/** What becomes of one line of numbers: another one as long, or one number. */
export type LineFunction = (line: readonly Complex[]) => readonly Complex[];

/** e^z over the sum of those of the line. */
export function softmax(line: readonly Complex[]): readonly Complex[] {
  const powers = shifted(line).map(exp);
  const total = powers.reduce(sum);
  return powers.map((power) => quotient(power, total));
}

/** z − log Σ e^z. */
export function logSoftmax(line: readonly Complex[]): readonly Complex[] {
  const low = shifted(line);
  const total = principalLog(low.map(exp).reduce(sum));
  return low.map((z) => difference(z, total));
}

/** log Σ e^z. */
export function logSumExp(line: readonly Complex[]): readonly Complex[] {
  return [sum(real(largestOf(line)), principalLog(shifted(line).map(exp).reduce(sum)))];
}

/** The line less its largest real part, so that nothing overflows and the sum of powers is at least 1. */
function shifted(line: readonly Complex[]): Complex[] {
  const largest = real(largestOf(line));
  return line.map((z) => difference(z, largest));
}

function largestOf(line: readonly Complex[]): number {
  return line.reduce((largest, { re }) => Math.max(largest, re), Number.NEGATIVE_INFINITY);
}

/** Applies the function to every line along one axis. */
export function complexLines(f: LineFunction, shape: Shape, axis: number): ComplexKernel {
  const count = shape[axis];
  const inner = sizeOf(shape.slice(axis + 1));
  const lines = sizeOf(shape) / count;
  return ([input], output) => {
    for (let line = 0; line < lines; line++) {
      const block = Math.floor(line / inner);
      const at = line % inner;
      const entries = Array.from({ length: count }, (_, i) =>
        entryOf(input, (block * count + i) * inner + at),
      );
      const result = f(entries);
      result.forEach((value, i) => {
        setEntry(output, (block * result.length + i) * inner + at, value);
      });
    }
  };
}
