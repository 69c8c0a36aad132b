import type { Verdict } from './report.ts';

/** A component's place in a ranking. */
export interface RankedComponent {
  readonly component: number;
  readonly verdict: Verdict;
  /** |claimed − numeric| / max(|claimed|, |numeric|); NaN counts as infinite, 0/0 as 0. */
  readonly relativeError: number;
}

const severity: Readonly<Record<Verdict, number>> = { fail: 2, inconclusive: 1, pass: 0 };

/** Failing ones first, then inconclusive ones; within each the largest relative error first, then by number. */
export function compareWorstFirst(a: RankedComponent, b: RankedComponent): number {
  return (
    severity[b.verdict] - severity[a.verdict] ||
    Math.sign(b.relativeError - a.relativeError) ||
    a.component - b.component
  );
}

/** |claimed − numeric| / max(|claimed|, |numeric|), made total: 0/0 is 0, anything with NaN or infinity is the largest number. */
export function relativeError(claimed: number, numeric: number): number {
  if (claimed === numeric) return 0;
  const error = Math.abs(claimed - numeric) / Math.max(Math.abs(claimed), Math.abs(numeric));
  return Number.isFinite(error) ? error : Number.MAX_VALUE;
}

/** Keeps the worst `limit` of all components offered to it. */
export class WorstComponents<Component extends RankedComponent = RankedComponent> {
  readonly #limit: number;
  /** Sorted now and then, not at every offer: it may be as long as three times the limit in between. */
  readonly #kept: Component[] = [];
  /** There are `limit` as bad as this one or worse. */
  #least: Component | undefined;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Whether such a component can be among the worst: most can not, and need not be made to be offered. */
  mayTake(verdict: Verdict, relativeError: number): boolean {
    const least = this.#least;
    return least === undefined || verdict !== least.verdict || relativeError >= least.relativeError;
  }

  offer(candidate: Component): void {
    if (this.#least !== undefined && compareWorstFirst(this.#least, candidate) <= 0) return;
    this.#kept.push(candidate);
    if (this.#kept.length >= 3 * this.#limit) this.#trim();
  }

  list(): readonly Component[] {
    this.#trim();
    return this.#kept;
  }

  #trim(): void {
    this.#kept.sort(compareWorstFirst);
    this.#kept.length = Math.min(this.#kept.length, this.#limit);
    if (this.#kept.length === this.#limit) this.#least = this.#kept[this.#limit - 1];
  }
}
