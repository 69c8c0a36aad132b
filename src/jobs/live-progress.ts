import type { JobProgress } from './job-record.ts';

/** How far a running job is, as the process that runs it knows. */
export interface LiveProgress extends JobProgress {
  /** Components a second; undefined while it is not known. */
  readonly rate?: number;
  /** Seconds to the end at that rate. */
  readonly etaSeconds?: number;
}

/** The rate is taken over about the last so many ms, so that it follows a job that comes to share its threads. */
const WINDOW_MS = 10_000;
/** A rate over less than this says nothing. */
const SHORTEST_MS = 100;

/** Turns the numbers of components finished into a rate and a time to the end. */
export class ProgressMeter {
  readonly #points: { readonly at: number; readonly completed: number }[] = [];

  /** @param at ms on any clock that does not go back */
  measure(progress: JobProgress, at: number): LiveProgress {
    const newest = this.#points.at(-1);
    // Points a twentieth of the window apart are enough, and keep their number small.
    if (newest === undefined || at - newest.at >= WINDOW_MS / 20) {
      this.#points.push({ at, completed: progress.completed });
    }
    while (this.#points.length > 1 && at - this.#points[1].at >= WINDOW_MS) this.#points.shift();
    const [oldest] = this.#points;
    const elapsed = at - oldest.at;
    const done = progress.completed - oldest.completed;
    if (elapsed < SHORTEST_MS || done <= 0) return progress;
    const rate = (1000 * done) / elapsed;
    return { ...progress, rate, etaSeconds: (progress.total - progress.completed) / rate };
  }
}
