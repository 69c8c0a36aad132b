import type { ComponentRun } from '../plan/selection.ts';

/** Which components of one parameter have been checked by themselves: as runs, in order, that do not touch. */
export class CheckedRuns {
  readonly #parameter: number;
  #runs: readonly ComponentRun[] = [];

  constructor(parameter: number) {
    this.#parameter = parameter;
  }

  get all(): readonly ComponentRun[] {
    return this.#runs;
  }

  add({ start, count }: ComponentRun): void {
    let from = start;
    let to = start + count;
    const apart = this.#runs.filter((run) => {
      if (run.start > to || run.start + run.count < from) return true;
      from = Math.min(from, run.start);
      to = Math.max(to, run.start + run.count);
      return false;
    });
    this.#runs = [...apart, this.#run(from, to)].sort((a, b) => a.start - b.start);
  }

  /** Those within a part, cut to it. */
  within({ start, count }: ComponentRun): ComponentRun[] {
    return this.#runs.flatMap((run) => {
      const from = Math.max(start, run.start);
      const to = Math.min(start + count, run.start + run.count);
      return to > from ? [this.#run(from, to)] : [];
    });
  }

  /** The rest of a part. */
  outside(part: ComponentRun): ComponentRun[] {
    const rest: ComponentRun[] = [];
    let from = part.start;
    for (const run of this.within(part)) {
      if (run.start > from) rest.push(this.#run(from, run.start));
      from = run.start + run.count;
    }
    const end = part.start + part.count;
    return end > from ? [...rest, this.#run(from, end)] : rest;
  }

  #run(from: number, to: number): ComponentRun {
    return { parameter: this.#parameter, start: from, count: to - from };
  }
}
