import { Presets, SingleBar } from 'cli-progress';
import type { CheckProgress } from './check-outcome.ts';

/** Milliseconds between two lines where the bar cannot be drawn over. */
const LINE_INTERVAL = 1000;

/** A progress bar on stderr. It is drawn from the first progress on, so that a refused job shows none. */
export class ProgressBar {
  readonly #bar: SingleBar | undefined;
  #started = false;

  /** @param shown false: nothing is ever written. */
  constructor(shown: boolean) {
    this.#bar = shown
      ? new SingleBar(
          {
            format: 'checking {bar} {percentage}% | {value}/{total} components | {duration_formatted}',
            stream: process.stderr,
            noTTYOutput: true,
            notTTYSchedule: LINE_INTERVAL,
          },
          Presets.legacy,
        )
      : undefined;
  }

  update({ completed, total }: CheckProgress): void {
    if (this.#started) this.#bar?.update(completed);
    else this.#bar?.start(total, completed);
    this.#started = true;
  }

  /** Draws the last state and lets go of the terminal. */
  stop(): void {
    this.#bar?.stop();
  }
}
