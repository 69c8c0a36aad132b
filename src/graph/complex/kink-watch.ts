import { type Complex, difference } from './complex.ts';

/**
 * Decides for piecewise functions by the real part, and notes where J may not be differentiable: where the other piece
 * (or the end of the domain, or a pole) is near. A value re + i·im at a step ih is, to first order, re + t·im/h once θ
 * is moved by t; so 0 is |re/im| steps away. Values that do not move have no kink.
 */
export class KinkWatch {
  /** Set once a kink was near. */
  crossed = false;
  readonly #reach: number;

  /** @param reach up to how many steps count as near */
  constructor(reach: number) {
    this.#reach = reach;
  }

  /** The sign of the real part: −1, 0, 1 or NaN. */
  side({ re, im }: Complex): number {
    if (im !== 0 && Math.abs(re) <= this.#reach * Math.abs(im)) this.crossed = true;
    return Math.sign(re);
  }

  /** Which of two has the larger real part: 1 for the first one, −1 for the second one, 0 for none, or NaN. */
  compare(a: Complex, b: Complex): number {
    // Two that move together do not part; and the difference of two infinities is no number.
    if (a.re === b.re && a.im === b.im) return 0;
    return this.side(difference(a, b));
  }
}
