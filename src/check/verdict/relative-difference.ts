import { BLOCK, Norm, norm } from './norm.ts';

/** The seed formula's parts, over some components. */
export interface RelativeDifference {
  readonly numericNorm: number;
  readonly claimedNorm: number;
  readonly differenceNorm: number;
  /** ‖numeric − claimed‖₂ / (‖numeric‖₂ + ‖claimed‖₂); 0 when both are exactly 0. */
  readonly relativeDifference: number;
}

/** Takes pairs of values that are held against each other, in order. */
export class Comparison {
  readonly #numeric = new Norm();
  readonly #claimed = new Norm();
  readonly #difference = new Norm();

  add(numeric: number, claimed: number): void {
    this.#numeric.add(numeric);
    this.#claimed.add(claimed);
    this.#difference.add(numeric - claimed);
  }

  /** Takes the pairs from `start` to `end − 1`. */
  addRange(numeric: Float64Array, claimed: Float64Array, start: number, end: number): void {
    this.#numeric.addRange(numeric, start, end);
    this.#claimed.addRange(claimed, start, end);
    const differences = new Float64Array(Math.min(BLOCK, end - start));
    for (let first = start; first < end; first += BLOCK) {
      const count = Math.min(BLOCK, end - first);
      for (let i = 0; i < count; i++) differences[i] = numeric[first + i] - claimed[first + i];
      this.#difference.addRange(differences, 0, count);
    }
  }

  result(): RelativeDifference {
    return ofNorms(this.#numeric.value(), this.#claimed.value(), this.#difference.value());
  }
}

/** What parts that have no component in common come to together. */
export function combineDifferences(parts: readonly RelativeDifference[]): RelativeDifference {
  const [only] = parts;
  if (parts.length === 1) return only;
  const together = (key: keyof RelativeDifference) =>
    norm((take) => {
      for (const part of parts) take(part[key]);
    });
  return ofNorms(together('numericNorm'), together('claimedNorm'), together('differenceNorm'));
}

function ofNorms(numericNorm: number, claimedNorm: number, differenceNorm: number): RelativeDifference {
  const scale = numericNorm + claimedNorm;
  const relativeDifference = scale === 0 ? 0 : differenceNorm / scale;
  return { numericNorm, claimedNorm, differenceNorm, relativeDifference };
}
