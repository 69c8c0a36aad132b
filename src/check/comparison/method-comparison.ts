import { type JsonNumber, toJsonNumber } from '../../tensors/json-number.ts';
import type { CheckJob } from '../check-job.ts';
import { type Noise, relativeNoise } from '../noise/noise.ts';
import type { Piecewise } from '../piecewise.ts';
import type { ComponentRun } from '../plan/selection.ts';
import type { Method } from '../settings.ts';
import { comparedStep } from '../sweep/differences.ts';
import { BLOCK } from '../verdict/norm.ts';
import { Comparison, combineDifferences, type RelativeDifference } from '../verdict/relative-difference.ts';

/** Blocks of components that are looked through between two stops. */
const BLOCKS_AT_ONCE = 8;

/** How one method's gradient and the claimed one differ over some components. */
export interface ComparedMethod {
  readonly method: Method;
  readonly norms: RelativeDifference;
  /** The largest |claimed − numeric|; NaN once one of them is. */
  readonly maxError: number;
  readonly step: { readonly smallest: number; readonly largest: number };
}

/** The same as a report shows it. */
export interface MethodComparison {
  readonly method: Method;
  readonly relativeDifference: JsonNumber;
  /** The largest |claimed − numeric|. */
  readonly maxError: JsonNumber;
  /** The steps taken: those of all components are the same where one was given. */
  readonly step: { readonly smallest: number; readonly largest: number };
}

export function describeComparison({ method, norms, maxError, step }: ComparedMethod): MethodComparison {
  return {
    method,
    relativeDifference: toJsonNumber(norms.relativeDifference),
    maxError: toJsonNumber(maxError),
    step,
  };
}

/**
 * Holds what every method gives of a parameter's components against the claimed values, piece by piece.
 * @param compared by each of `compareMethods`, laid out as θ
 * @param noise of J with this parameter
 */
export function* compareMethods(
  { spec, theta, claimed }: CheckJob,
  runs: readonly ComponentRun[],
  compared: readonly Float64Array[],
  noise: Noise,
): Piecewise<ComparedMethod[]> {
  const { epsilon, compareMethods: methods = [] } = spec.settings;
  const found: ComparedMethod[] = [];
  let blocks = 0;
  for (const [m, method] of methods.entries()) {
    const tally = new MethodTally(claimed, compared[m], (component) =>
      comparedStep(method, epsilon, theta[component], relativeNoise(noise)),
    );
    for (const { start, count } of runs) {
      for (let first = start; first < start + count; first += BLOCK) {
        tally.addRange(first, Math.min(first + BLOCK, start + count));
        blocks++;
        if (blocks % BLOCKS_AT_ONCE === 0) yield;
      }
    }
    found.push({ method, ...tally.result() });
  }
  return found;
}

/** What it comes to over parameters together. @param parts of each, by the same methods */
export function combineComparisons(parts: readonly (readonly ComparedMethod[])[]): ComparedMethod[] {
  const [first = []] = parts;
  return first.map(({ method }, m) => {
    const own = parts.map((each) => each[m]);
    return {
      method,
      norms: combineDifferences(own.map(({ norms }) => norms)),
      maxError: Math.max(...own.map(({ maxError }) => maxError)),
      step: {
        smallest: Math.min(...own.map(({ step }) => step.smallest)),
        largest: Math.max(...own.map(({ step }) => step.largest)),
      },
    };
  });
}

/** What is added up over the components of one parameter by one method. */
class MethodTally {
  readonly #claimed: Float64Array;
  readonly #numeric: Float64Array;
  readonly #stepOf: (component: number) => number;
  readonly #norms = new Comparison();
  #maxError = 0;
  #smallest = Number.POSITIVE_INFINITY;
  #largest = 0;

  constructor(claimed: Float64Array, numeric: Float64Array, stepOf: (component: number) => number) {
    this.#claimed = claimed;
    this.#numeric = numeric;
    this.#stepOf = stepOf;
  }

  addRange(start: number, end: number): void {
    this.#norms.addRange(this.#numeric, this.#claimed, start, end);
    for (let component = start; component < end; component++) {
      const step = this.#stepOf(component);
      this.#smallest = Math.min(this.#smallest, step);
      this.#largest = Math.max(this.#largest, step);
      // NaN stays once it is met.
      this.#maxError = Math.max(
        this.#maxError,
        Math.abs(this.#claimed[component] - this.#numeric[component]),
      );
    }
  }

  result(): Omit<ComparedMethod, 'method'> {
    const step = { smallest: this.#smallest, largest: this.#largest };
    return { norms: this.#norms.result(), maxError: this.#maxError, step };
  }
}
