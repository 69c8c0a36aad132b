/**
 * A seeded vector of ±1 for one parameter: entry i is the same whoever asks for it, and whatever part of the
 * vector is asked for.
 */
export class SignVector {
  readonly #key: number;

  /** @param vector number of the vector among those of the parameter */
  constructor(seed: number, parameter: number, vector: number) {
    this.#key = mix(mix(mix(seed) + parameter) + vector);
  }

  /** +1 or −1 for the component numbered `component` within its parameter. */
  at(component: number): 1 | -1 {
    const word = mix(mix(component >>> 5) + this.#key);
    return ((word >>> (component & 31)) & 1) === 0 ? 1 : -1;
  }
}

/** Spreads the bits of a 32-bit integer: the finaliser of MurmurHash3 (Austin Appleby, public domain). */
function mix(value: number): number {
  let bits = (value + 0x9e3779b9) | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}
