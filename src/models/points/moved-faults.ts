import { type Fault, Faults } from '../../errors/fault.ts';

const moved = /^\/(?:parameters|gradients)(?=\/|$)/;

/** Faults that are told of `/parameters` and `/gradients`, where those stand further in: at one of a document's points. */
export class MovedFaults extends Faults {
  readonly #all: Faults;
  readonly #pointer: string;

  /** @param pointer that of the point, empty for what stands in the document itself */
  constructor(all: Faults, pointer: string) {
    super();
    this.#all = all;
    this.#pointer = pointer;
  }

  override add(pointer: string, detail: string): void {
    this.#all.add(moved.test(pointer) ? `${this.#pointer}${pointer}` : pointer, detail);
  }

  override get list(): readonly Fault[] {
    return this.#all.list;
  }

  override get none(): boolean {
    return this.#all.none;
  }
}
