import { createKernelMemory } from '../../src/kernels/kernel-memory.ts';
import { instantiateKernels, type Kernels } from '../../src/kernels/kernels.ts';
import { loadKernelModule } from '../../src/kernels/load-module.ts';
import { type Elementary, plainElementwise, plainMovement } from './plain-elementwise.ts';
import { plainProducts } from './plain-products.ts';
import { plainComparisons, plainLines, plainSums } from './plain-reductions.ts';

export const kernelModule = loadKernelModule();

/** Functions of one number, each computed by its kernel on a run of one. */
export function elementaryKernels(): Elementary {
  const memory = createKernelMemory(2);
  const kernels = instantiateKernels(kernelModule, memory);
  const floats = new Float64Array(memory.buffer);
  return (name, x) => {
    floats[0] = x;
    kernels[name](1, 0, 1, 1, 1);
    return floats[1];
  };
}

/** The kernels and their plain reference, each on a memory of its own with the same numbers in it. */
export class KernelPair {
  readonly kernels: Kernels;
  readonly plain: Kernels;
  /** The kernels' memory. */
  readonly floats: Float64Array;
  readonly #expected: Float64Array;

  constructor(size: number) {
    const memory = createKernelMemory(size);
    this.kernels = instantiateKernels(kernelModule, memory);
    this.floats = new Float64Array(memory.buffer);
    this.#expected = new Float64Array(this.floats.length);
    const elementary = elementaryKernels();
    this.plain = {
      ...plainElementwise(this.#expected, elementary),
      ...plainMovement(this.#expected),
      ...plainSums(this.#expected),
      ...plainLines(this.#expected, elementary),
      ...plainComparisons(this.#expected),
      ...plainProducts(this.#expected),
    };
  }

  /** Fills both memories alike: numbers around 1, and of every ten `specials` of the awkward ones. */
  fill(seed: number, specials: number): void {
    const random = mulberry32(seed);
    for (let i = 0; i < this.floats.length; i++) {
      const awkward = random() * 10 < specials;
      this.floats[i] = awkward ? AWKWARD[Math.floor(random() * AWKWARD.length)] : (random() - 0.5) * 6;
    }
    this.#expected.set(this.floats);
  }

  /** Puts one number in both memories. */
  set(at: number, value: number): void {
    this.floats[at] = value;
    this.#expected[at] = value;
  }

  /**
   * Runs both and tells where they differ first, in the value returned or anywhere in memory but for `scratch` floats
   * at its end; undefined when they agree to the last bit.
   */
  difference(run: (kernels: Kernels) => unknown, scratch = 0): string | undefined {
    const returned = run(this.kernels);
    const expected = run(this.plain);
    if (!Object.is(returned, expected)) return `returned ${returned} instead of ${expected}`;
    const bytes = (this.floats.length - scratch) * 8;
    if (Buffer.from(this.floats.buffer, 0, bytes).equals(Buffer.from(this.#expected.buffer, 0, bytes))) {
      return undefined;
    }
    const bits = new BigUint64Array(this.floats.buffer);
    const at = new BigUint64Array(this.#expected.buffer).findIndex(
      (expectedBits, i) => expectedBits !== bits[i],
    );
    return `[${at}] is ${this.floats[at]} instead of ${this.#expected[at]}`;
  }
}

const AWKWARD = [
  0,
  -0,
  1,
  -1,
  0.5,
  2,
  20,
  -20,
  37.5,
  -38.5,
  700,
  -700,
  709,
  -745.2,
  1e4,
  -1e4,
  1e-9,
  -1e-9,
  1e-300,
  -1e-300,
  5e-324,
  -5e-324,
  1e300,
  -1e300,
  1.7976931348623157e308,
  Infinity,
  -Infinity,
  Number.NaN,
];

/** A small generator with a 32-bit state (Tommy Ettinger, 2017). */
function mulberry32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
