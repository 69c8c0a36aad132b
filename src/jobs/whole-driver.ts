import type { CheckJob } from '../check/check-job.ts';
import type { FoldedCheck } from '../check/folded-check.ts';
import { Deferred } from './deferred.ts';
import type { Outcome } from './executor/executor.ts';
import type { WholeCheck } from './executor/whole-check.ts';
import type { JobDriver, JobDriverParts } from './job-driver.ts';
import { inlinePayload } from './job-payload.ts';
import { type JobTask, jobTask } from './job-task.ts';

/** Drives a job that is run as a whole, in one task. */
export class WholeDriver implements JobDriver {
  readonly #parts: JobDriverParts;
  readonly #job: CheckJob;
  readonly #flops: number;
  readonly #over = new Deferred<void>();
  #state: 'new' | 'waiting' | 'running' | 'over' = 'new';
  #crashes = 0;
  #check: FoldedCheck | undefined;

  /** @param flops floating-point operations of the whole job */
  constructor(parts: JobDriverParts, job: CheckJob, flops: number) {
    this.#parts = parts;
    this.#job = job;
    this.#flops = flops;
  }

  get ready(): boolean {
    return this.#state === 'waiting';
  }

  async run(): Promise<void> {
    if (this.#state === 'new') this.#wait();
    await this.#over.promise;
  }

  drop(): void {
    if (this.#state !== 'running') this.#end();
  }

  takeTask(): JobTask | undefined {
    if (!this.ready) return undefined;
    this.#state = 'running';
    const { executor, signal } = this.#parts;
    const run = () => executor.check(inlinePayload(this.#job), signal);
    return jobTask(this.#flops, run, (outcome) => this.#settle(outcome));
  }

  async fold(): Promise<FoldedCheck> {
    if (this.#check === undefined) throw new Error('the check is not over');
    return this.#check;
  }

  #wait(): void {
    this.#state = 'waiting';
    this.#parts.onReady();
  }

  #settle(outcome: Outcome<WholeCheck>): void {
    const { onFailure, onCancelled, onCrash, attempts, signal } = this.#parts;
    if (outcome.kind === 'done') this.#accept(outcome.result);
    else if (outcome.kind === 'cancelled') onCancelled();
    else {
      const { kind, ...error } = outcome;
      if (kind === 'crashed') {
        onCrash({ kind: 'whole' }, error);
        if (++this.#crashes < attempts && !signal.aborted) {
          this.#wait();
          return;
        }
      }
      onFailure(error);
    }
    this.#end();
  }

  #accept({ end, events, progress }: WholeCheck): void {
    const { writer, onProgress, onFailure } = this.#parts;
    for (const event of events) writer.holdEvent(event);
    if (progress !== undefined) onProgress(progress);
    if (end.kind === 'checked') this.#check = end.check;
    else onFailure(end.error);
  }

  #end(): void {
    this.#state = 'over';
    this.#over.resolve();
  }
}
