import type { CheckRun } from '../check/check-run.ts';
import type { PointSequence } from '../check/points/point-sequence.ts';
import type { ParameterReport } from '../check/report/report.ts';
import type { Shard, ShardResult, StageName, StagePlan } from '../check/shard.ts';
import type { ShardOutcome } from './executor/executor.ts';
import { inPiecesUnless } from './in-pieces.ts';
import type { JobDriverParts } from './job-driver.ts';
import { parameterEvent } from './job-event.ts';
import { type JobTask, jobTask } from './job-task.ts';
import { StageShards } from './stage-shards.ts';

export interface StageDriverParts extends JobDriverParts {
  readonly check: CheckRun;
  /** The job's points, of which the present one is checked. */
  readonly points: PointSequence;
  /** Whether the results of shards are stored as they come, so that the job can be resumed from them. */
  readonly resumable: boolean;
  /** Parameter events of this point that an earlier owner has stored already, and of points behind it. */
  readonly storedEvents: number;
}

/** Takes one check through its stages: hands out shards, takes their outcomes, and stores what comes of them. */
export class StageDriver {
  readonly #parts: StageDriverParts;
  #shards: StageShards | undefined;
  #dropped = false;
  #events = 0;
  #hasNews = false;
  #telling: Promise<void> | undefined;
  #startedAt: number | undefined;

  constructor(parts: StageDriverParts) {
    this.#parts = parts;
  }

  /** Whether there is a shard to run now. */
  get ready(): boolean {
    return this.#shards !== undefined && this.#shards.waiting > 0 && !this.#parts.writer.isBehind;
  }

  /** From the first shard handed out until now. */
  get durationMs(): number {
    return this.#startedAt === undefined ? 0 : performance.now() - this.#startedAt;
  }

  /** Parameter events told so far, stored before or not. */
  get events(): number {
    return this.#events;
  }

  /** The next shard to run. */
  takeTask(): JobTask | undefined {
    const { jobId, executor, signal } = this.#parts;
    this.#startedAt ??= performance.now();
    const shard = this.#shards?.take();
    if (shard === undefined) return undefined;
    const run = () => executor.run(jobId, shard, signal);
    return jobTask(shard.flops, run, (outcome) => this.#settle(shard, outcome));
  }

  /**
   * Resolves when every stage is over, or no shard runs after `drop`.
   * @param resultsOf what is stored already of a stage's results
   */
  async run(resultsOf: (stage: StageName) => Promise<readonly ShardResult[]>): Promise<void> {
    const { check } = this.#parts;
    for (let plan = await this.#plan(); plan !== undefined; plan = await this.#plan()) {
      const stored = await resultsOf(plan.stage);
      if (this.#dropped) return;
      for (const result of stored) check.accept(result);
      this.#tell();
      this.#shards = new StageShards(plan, new Set(stored.map(({ index }) => index)));
      if (this.#shards.waiting > 0) this.#parts.onReady();
      await this.#shards.over;
      await this.#telling;
      if (this.#dropped) return;
    }
    const failure = this.#parts.points.failure(check);
    if (failure !== undefined) this.#parts.onFailure(failure);
  }

  #plan(): Promise<StagePlan | undefined> {
    return inPiecesUnless(() => this.#dropped, this.#parts.check.planning());
  }

  /** Hands out no more shards. */
  drop(): void {
    this.#dropped = true;
    this.#shards?.drop();
  }

  #settle(shard: Shard, outcome: ShardOutcome): void {
    const shards = this.#shards;
    if (shards === undefined) return;
    if (outcome.kind === 'crashed') {
      const error = { code: outcome.code, detail: outcome.detail };
      this.#parts.onCrash(shard, error);
      if (shards.retry(shard, this.#parts.attempts)) this.#parts.onReady();
      else this.#parts.onFailure(error);
      return;
    }
    if (outcome.kind === 'done') this.#accept(outcome.result);
    else if (outcome.kind === 'cancelled') this.#parts.onCancelled();
    else this.#parts.onFailure({ code: outcome.code, detail: outcome.detail });
    shards.finish();
  }

  #accept(result: ShardResult): void {
    const { check, points, writer, resumable } = this.#parts;
    check.accept(result);
    if (resumable) writer.shardResult(result, points.progress(check), points.number);
    this.#tell();
  }

  #tell(): void {
    const { check, points, onProgress } = this.#parts;
    onProgress(points.progress(check));
    this.#hasNews = true;
    this.#telling ??= this.#tellFinished();
    // Whoever runs the stages hears of it.
    this.#telling.catch(() => {});
  }

  /** Tells of finished parameters, and of those that finish meanwhile: making up their reports takes a while. */
  async #tellFinished(): Promise<void> {
    const { check } = this.#parts;
    while (this.#hasNews && !this.#dropped) {
      this.#hasNews = false;
      const finished = await inPiecesUnless(() => this.#dropped, check.takingFinishedParameters());
      for (const report of finished ?? []) this.#tellOf(report);
    }
    this.#telling = undefined;
  }

  #tellOf(report: ParameterReport): void {
    const { writer, points, resumable, storedEvents } = this.#parts;
    this.#events++;
    if (this.#events <= storedEvents) return;
    const event = parameterEvent(report, points.label);
    if (resumable) writer.event(event);
    else writer.holdEvent(event);
  }
}
