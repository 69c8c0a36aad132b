import { type Faults, pointerTo } from '../errors/fault.ts';

const mostTold = 100;

/** The faults of one tensor. The first hundred are told, the rest only counted: a tensor may have millions. */
export class TensorFaults {
  readonly #pointer: string;
  readonly #faults: Faults;
  #told = 0;
  #untold = 0;

  constructor(pointer: string, faults: Faults) {
    this.#pointer = pointer;
    this.#faults = faults;
  }

  /** `path` leads from the tensor to the fault. It is read at once, so the caller may change it afterwards. */
  add(path: readonly (string | number)[], detail: string): void {
    if (this.#told === mostTold) {
      this.#untold++;
      return;
    }
    this.#told++;
    this.#faults.add(path.reduce<string>(pointerTo, this.#pointer), detail);
  }

  /** Whether the tensor has had any fault so far. */
  get none(): boolean {
    return this.#told === 0;
  }

  /** States how many faults were not told. Called once, after the last `add`. */
  close(): void {
    if (this.#untold > 0) this.#faults.add(this.#pointer, `and ${this.#untold} more faults in this tensor`);
  }
}
