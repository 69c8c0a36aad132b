import { describeJson } from './describe-json.ts';
import type { TensorFaults } from './tensor-faults.ts';

/**
 * Reads a row of numbers into `values` from `position` on. Anything else than a number or one of the strings "NaN",
 * "Infinity" and "-Infinity" is a fault at `path` followed by the entry's position.
 */
export function readEntries(
  row: readonly unknown[],
  values: Float64Array,
  position: number,
  path: readonly (string | number)[],
  faults: TensorFaults,
): void {
  for (let i = 0; i < row.length; i++) {
    const entry = row[i];
    if (typeof entry === 'number' && Number.isFinite(entry)) {
      values[position + i] = entry;
      continue;
    }
    const number = readOddEntry(entry);
    if (typeof number === 'number') values[position + i] = number;
    else faults.add([...path, i], number.fault);
  }
}

/** Reads one entry that is not a finite number; what cannot be read comes back as a sentence that says why. */
export function readOddEntry(entry: unknown): number | { readonly fault: string } {
  if (entry === 'NaN') return Number.NaN;
  if (entry === 'Infinity') return Number.POSITIVE_INFINITY;
  if (entry === '-Infinity') return Number.NEGATIVE_INFINITY;
  // JSON.parse makes 1e400 an infinity without a word, so a bare one is an overflow that nobody meant.
  if (typeof entry === 'number' && !Number.isNaN(entry)) {
    const written = entry > 0 ? '"Infinity"' : '"-Infinity"';
    return { fault: `too large for a float64; write ${written} if an infinity is meant` };
  }
  if (typeof entry === 'number') return entry;
  const hint = typeof entry === 'string' || entry === null ? '; write "NaN" or "Infinity" for those' : '';
  return { fault: `${describeJson(entry)} stands where a number is expected${hint}` };
}
