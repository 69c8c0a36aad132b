import type { Shard, StagePlan } from '../check/shard.ts';
import { Deferred } from './deferred.ts';

/** The shards of the stage that a job is at: which wait to be run, and which run. */
export class StageShards {
  readonly #waiting: Shard[];
  readonly #crashes = new Map<number, number>();
  readonly #over = new Deferred<void>();
  #running = 0;
  #dropped = false;

  /** @param done numbers of shards that have their results already */
  constructor(plan: StagePlan, done: ReadonlySet<number>) {
    // Taken from the end.
    this.#waiting = plan.shards.filter(({ index }) => !done.has(index)).reverse();
    this.#settle();
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** Resolves when no shard waits and none runs. */
  get over(): Promise<void> {
    return this.#over.promise;
  }

  take(): Shard | undefined {
    const shard = this.#waiting.pop();
    if (shard !== undefined) this.#running++;
    return shard;
  }

  /** A shard that was taken has come back. */
  finish(): void {
    this.#running--;
    this.#settle();
  }

  /**
   * A shard that was taken has crashed: it waits again, unless it has been tried so often or no more are to be run.
   * @returns false when its crashes are to end the job.
   */
  retry(shard: Shard, attempts: number): boolean {
    const crashes = (this.#crashes.get(shard.index) ?? 0) + 1;
    this.#crashes.set(shard.index, crashes);
    if (crashes < attempts && !this.#dropped) this.#waiting.push(shard);
    this.finish();
    return crashes < attempts || this.#dropped;
  }

  /** No more shards are to be run. */
  drop(): void {
    this.#dropped = true;
    this.#waiting.length = 0;
    this.#settle();
  }

  #settle(): void {
    if (this.#waiting.length + this.#running === 0) this.#over.resolve();
  }
}
