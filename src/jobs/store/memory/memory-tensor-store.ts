import { tensorId } from '../tensor-chunks.ts';
import type { BegunPut, TensorStore } from '../tensor-store.ts';

interface KeptTensor {
  readonly values: Float64Array;
  readonly putAt: number;
}

/** Tensors in memory. */
export class MemoryTensorStore implements TensorStore {
  readonly #tensors = new Map<string, KeptTensor>();
  readonly #clock: () => number;
  readonly #isNamed: (id: string) => boolean;

  /** @param isNamed - whether a job names the tensor. */
  constructor(clock: () => number, isNamed: (id: string) => boolean) {
    this.#clock = clock;
    this.#isNamed = isNamed;
  }

  async put(values: Float64Array): Promise<string> {
    return (await this.begin(values)).id;
  }

  async begin(values: Float64Array): Promise<BegunPut> {
    const id = await tensorId(values);
    this.#tensors.set(id, { values: values.slice(), putAt: this.#clock() });
    return { id, stored: Promise.resolve() };
  }

  async get(id: string, target?: Float64Array): Promise<Float64Array | undefined> {
    const kept = this.#tensors.get(id);
    if (kept === undefined || target === undefined) return kept?.values.slice();
    if (target.length !== kept.values.length) {
      throw new RangeError(`The target has ${target.length} values, the tensor ${kept.values.length}.`);
    }
    target.set(kept.values);
    return target;
  }

  async slice(id: string, start: number, count: number): Promise<Float64Array | undefined> {
    return this.#tensors.get(id)?.values.slice(start, start + count);
  }

  async sweepOrphans(before: number): Promise<number> {
    let freed = 0;
    for (const [id, { values, putAt }] of this.#tensors) {
      if (putAt >= before || this.#isNamed(id)) continue;
      this.#tensors.delete(id);
      freed += values.byteLength;
    }
    return freed;
  }

  /** @returns undefined when there is no such tensor. */
  bytesOf(id: string): number | undefined {
    return this.#tensors.get(id)?.values.byteLength;
  }
}
