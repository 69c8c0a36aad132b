import type { LaneSpace } from './lane-space.ts';
import { pairwiseDot } from './pairwise-dot.ts';
import type { FrontierRead } from './program-planner.ts';

/** A frontier node as it is read pair after pair: adds Σ weight · (plus − minus) over its moved entries. */
export class BoundRead {
  readonly #read: FrontierRead;
  readonly #space: LaneSpace;
  readonly #memory: Float64Array;
  /** Where the weights of the node's entries lie. */
  readonly #weightsAt: number;
  /** The example of each moved entry; undefined when there is only one. */
  readonly #examples: Int32Array | undefined;
  /** Of a node that moves as a whole, the entries that J depends on: the others have weight 0. */
  readonly #entries: Int32Array | undefined;
  readonly #weights: Float64Array;
  readonly #terms: Float64Array;

  /** @param weightsAt where the weights of the node's entries lie; they must have been computed */
  constructor(read: FrontierRead, space: LaneSpace, weightsAt: number, examples: Int32Array | undefined) {
    const { size, whole } = read.map;
    this.#read = read;
    this.#space = space;
    this.#memory = space.heap.floats;
    this.#weightsAt = weightsAt;
    this.#examples = examples;
    this.#weights = new Float64Array(size);
    this.#terms = new Float64Array(size);
    if (whole) this.#entries = weightedEntries(this.#memory, weightsAt, size);
  }

  /**
   * Adds to `differences` from `first` on, to each example its own.
   * @param minus the minus side's lane; undefined when it is θ itself
   */
  add(differences: Float64Array, first: number, plus: number, minus: number | undefined): void {
    const count = this.#takeTerms(plus, minus);
    const examples = this.#examples;
    if (examples === undefined) {
      differences[first] += pairwiseDot(this.#weights, this.#terms, count);
      return;
    }
    for (let i = 0; i < count; i++) {
      const entry = this.#entries === undefined ? i : this.#entries[i];
      differences[first + examples[entry]] += this.#weights[i] * this.#terms[i];
    }
  }

  /** Writes weights and differences of the entries that count. @returns how many there are */
  #takeTerms(plus: number, minus: number | undefined): number {
    const memory = this.#memory;
    const { map, buffer, node } = this.#read;
    const start = this.#space.startOf(map, plus);
    const from = this.#space.of(buffer, plus);
    const weights = this.#weightsAt + start;
    const isBase = minus === undefined;
    const other = isBase ? this.#space.base[node].offset + start : this.#space.of(buffer, minus);
    const entries = this.#entries;
    if (entries !== undefined) {
      for (let i = 0; i < entries.length; i++) {
        const entry = entries[i];
        this.#weights[i] = memory[weights + entry];
        this.#terms[i] = memory[from + entry] - memory[other + entry];
      }
      return entries.length;
    }
    const { table, size } = map;
    for (let i = 0; i < size; i++) {
      const entry = table === undefined ? i : table[i];
      this.#weights[i] = memory[weights + entry];
      this.#terms[i] = memory[from + i] - memory[other + (isBase ? entry : i)];
    }
    return size;
  }
}

/** The positions of the weights that are not 0. */
function weightedEntries(memory: Float64Array, weightsAt: number, size: number): Int32Array {
  const entries = new Int32Array(size);
  let count = 0;
  for (let entry = 0; entry < size; entry++) if (memory[weightsAt + entry] !== 0) entries[count++] = entry;
  return entries.subarray(0, count);
}
