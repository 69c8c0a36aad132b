import type { CheckSpec } from './check-job.ts';
import { type ComponentRun, selectedRuns } from './selection.ts';

/** The probes of the sweep, numbered 0, 1, 2 …: the selected components in order. */
export class ProbeList {
  readonly runs: readonly ComponentRun[];
  readonly length: number;
  /** The number of each run's first probe. */
  readonly #firsts: readonly number[];

  constructor(spec: CheckSpec) {
    this.runs = selectedRuns(spec);
    const firsts: number[] = [];
    let length = 0;
    for (const run of this.runs) {
      firsts.push(length);
      length += run.count;
    }
    this.#firsts = firsts;
    this.length = length;
  }

  /** The runs that cover probes `start` … `start + count − 1`, cut to them. */
  slice(start: number, count: number): ComponentRun[] {
    const end = start + count;
    const slices: ComponentRun[] = [];
    for (let i = this.#runOf(start); i < this.runs.length && this.#firsts[i] < end; i++) {
      const run = this.runs[i];
      const from = Math.max(0, start - this.#firsts[i]);
      const to = Math.min(run.count, end - this.#firsts[i]);
      slices.push({ parameter: run.parameter, start: run.start + from, count: to - from });
    }
    return slices;
  }

  #runOf(probe: number): number {
    let low = 0;
    let high = this.runs.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#firsts[middle] <= probe) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
