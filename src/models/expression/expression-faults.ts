import type { Faults } from '../../errors/fault.ts';
import type { SourceText } from './source-text.ts';

const mostTold = 100;

/** Why an expression cannot be taken, thrown from where it is found to where its place in the source is known. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  /** Offset in the source, when a better one is known than that of the call or operator being read. */
  readonly offset: number | undefined;

  constructor(detail: string, offset?: number) {
    super(detail);
    this.offset = offset;
  }
}

/** The faults of one expression, each with its line and column. The first hundred are told, the rest only counted. */
export class ExpressionFaults {
  readonly #source: SourceText;
  readonly #pointer: string;
  readonly #faults: Faults;
  #count = 0;

  constructor(source: SourceText, pointer: string, faults: Faults) {
    this.#source = source;
    this.#pointer = pointer;
    this.#faults = faults;
  }

  add(offset: number, detail: string): void {
    this.#count++;
    if (this.#count > mostTold) return;
    this.#faults.add(this.#pointer, `${this.#source.position(offset)}: ${detail}`);
  }

  /** Whether the expression has had no fault so far. */
  get none(): boolean {
    return this.#count === 0;
  }

  /** States how many faults were not told. Called once, after the last `add`. */
  close(): void {
    const untold = this.#count - mostTold;
    if (untold > 0) this.#faults.add(this.#pointer, `and ${untold} more faults in this expression`);
  }
}
