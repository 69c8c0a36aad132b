import { type Fault, Faults } from '../errors/fault.ts';

const mostFaults = 1_000;

/** The faults of one document, of which a hostile one may have millions: the first thousand are kept. */
export class CappedFaults extends Faults {
  #dropped = 0;

  override add(pointer: string, detail: string): void {
    if (this.full) this.#dropped++;
    else super.add(pointer, detail);
  }

  get full(): boolean {
    return this.list.length >= mostFaults;
  }

  /** The faults, and as the last one how many were left out. */
  get told(): readonly Fault[] {
    if (this.#dropped === 0) return this.list;
    return [...this.list, { pointer: '', detail: `and ${this.#dropped} more faults` }];
  }
}
