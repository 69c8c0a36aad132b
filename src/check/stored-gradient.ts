/*
 * How a numeric gradient is kept: its n values, laid out as θ, then one byte for each component, its mark, eight to a
 * float64.
 */

/** What is known of a component beside its value. `unchecked`: it was moved together with others, never by itself. */
export const componentMark = { clean: 0, crossed: 1, unchecked: 2 } as const;

/** Puts both in one array. */
export function packGradient(numeric: Float64Array, crossed: Uint8Array): Float64Array {
  const packed = new Float64Array(packedLength(numeric.length));
  packed.set(numeric);
  new Uint8Array(packed.buffer, 8 * numeric.length).set(crossed);
  return packed;
}

export function packedLength(components: number): number {
  return components + Math.ceil(components / 8);
}

/** Where the bytes of components `start` … `end − 1` lie: float64s to be read, and the first byte among theirs. */
export function crossedRange(components: number, start: number, end: number) {
  const first = Math.floor(start / 8);
  return { offset: components + first, count: Math.ceil(end / 8) - first, skip: start - 8 * first };
}

/** The bytes of some components, from the float64s that `crossedRange` names. */
export function readCrossed(values: Float64Array, skip: number, count: number): Uint8Array {
  return new Uint8Array(values.slice().buffer, skip, count);
}
