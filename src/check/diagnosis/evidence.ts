import { sumOver } from './blocked-sum.ts';
import type { DiagnosedParameter } from './diagnosed-parameter.ts';

/** Failing components, and as many that agree, on which a hypothesis is tried before it is tried on all. */
const TRIED_FIRST = 4096;

const USABLE = 1;
const INFORMATIVE = 2;

/**
 * The components of one parameter that tell something: both values finite, and either failing or in agreement. What
 * is undecided, as at a kink, is left out.
 */
export class Evidence {
  readonly parameter: DiagnosedParameter;
  readonly size: number;
  /** Σ(claimed − numeric)². */
  readonly difference: number;
  /** Σ claimed². */
  readonly claimedSquare: number;
  /** Σ bound². */
  readonly noise: number;
  /** Components whose claimed or numeric value is more than its bound. The others are 0 under almost any hypothesis. */
  readonly informative: number;
  readonly failing: number;
  /** Components that tell something, failing or not. */
  readonly usable: number;
  /** Some of the failing components, evenly spread; numbers are fitted to them. */
  readonly sample: readonly number[];
  /** Some of those that agree, likewise. */
  readonly agreeing: readonly number[];
  /** How many failing components one of the sample stands for, and how many agreeing ones. */
  readonly weights: { readonly failing: number; readonly agreeing: number };
  readonly #marks: Uint8Array;

  constructor(parameter: DiagnosedParameter) {
    const { claimed, numeric, failed, bound } = parameter;
    this.parameter = parameter;
    this.size = claimed.length;
    const marks = new Uint8Array(this.size);
    const [difference, noise, informative, failing, claimedSquare, usable] = sumOver(
      this.size,
      6,
      (i, sums) => {
        const difference = claimed[i] - numeric[i];
        if (!Number.isFinite(difference)) return;
        const allowed = bound(i);
        if (failed[i] === 0 && Math.abs(difference) > allowed) return;
        const isInformative = Math.max(Math.abs(claimed[i]), Math.abs(numeric[i])) > allowed;
        marks[i] = isInformative ? USABLE | INFORMATIVE : USABLE;
        sums[0] += difference * difference;
        sums[1] += allowed * allowed;
        if (isInformative) sums[2]++;
        if (failed[i] !== 0) sums[3]++;
        sums[4] += claimed[i] * claimed[i];
        sums[5]++;
      },
    );
    this.difference = difference;
    this.claimedSquare = claimedSquare;
    this.noise = noise;
    this.informative = informative;
    this.failing = failing;
    this.usable = usable;
    this.#marks = marks;
    this.weights = { failing: spacing(failing), agreeing: spacing(this.size - failing) };
    const { failed: isFailing } = parameter;
    this.sample = this.#spread(this.weights.failing, (i) => isFailing[i] !== 0);
    this.agreeing = this.#spread(this.weights.agreeing, (i) => isFailing[i] === 0);
  }

  isUsable(component: number): boolean {
    return this.#marks[component] !== 0;
  }

  isInformative(component: number): boolean {
    return (this.#marks[component] & INFORMATIVE) !== 0;
  }

  differenceAt(component: number): number {
    return this.parameter.claimed[component] - this.parameter.numeric[component];
  }

  /** Every so many of the usable components that are wanted. */
  #spread(spacing: number, isWanted: (component: number) => boolean): readonly number[] {
    const spread: number[] = [];
    let seen = 0;
    for (let i = 0; i < this.size; i++) {
      if (this.isUsable(i) && isWanted(i) && seen++ % spacing === 0) spread.push(i);
    }
    return spread;
  }
}

function spacing(count: number): number {
  return Math.max(1, Math.ceil(count / TRIED_FIRST));
}
