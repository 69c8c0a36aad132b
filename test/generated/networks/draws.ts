import type { Shape } from '../../../src/tensors/tensor.ts';

/** Numbers as they are nested in a document. */
export type Nested = number | readonly Nested[];

/** What a random network is drawn with: everything follows from one stream of numbers in [0, 1). */
export class Draws {
  readonly #random: () => number;

  constructor(random: () => number) {
    this.#random = random;
  }

  /** A whole number from `from` to `to`, both of them possible. */
  between(from: number, to: number): number {
    return from + Math.floor(this.#random() * (to - from + 1));
  }

  chance(share: number): boolean {
    return this.#random() < share;
  }

  oneOf<Choice>(choices: readonly Choice[]): Choice {
    return choices[this.between(0, choices.length - 1)];
  }

  /** Of the normal distribution (Box and Muller 1958). */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.#random())) * Math.cos(2 * Math.PI * this.#random());
  }

  /** A tensor of independent draws. */
  nested([length, ...rest]: Shape, draw: () => number): Nested {
    if (length === undefined) return draw();
    return Array.from({ length }, () => this.nested(rest, draw));
  }
}
