import { setMaxListeners } from 'node:events';
import type { ResourceLimits } from 'node:worker_threads';
import type { CheckJob } from '../../check/check-job.ts';
import { fillJobMemory, jobInMemory, requestCancel } from '../../check/job-memory.ts';
import { FLOPS_PER_SECOND } from '../../check/plan/check-plan.ts';
import type { Shard, ShardResult } from '../../check/shard.ts';
import { findWorkerFile, type WorkerFile } from '../../threads/worker-file.ts';
import { inPieces } from '../in-pieces.ts';
import type { InlinePayload } from '../job-payload.ts';
import type { Log } from '../log.ts';
import type { Executor, Outcome, ShardOutcome } from './executor.ts';
import { MemoryPool } from './memory-pool.ts';
import { feelMemory } from './memory-pressure.ts';
import type { SharedJob } from './shard-task.ts';
import { ShardThread } from './shard-thread.ts';
import { ThreadRun } from './thread-run.ts';
import type { WholeCheck } from './whole-check.ts';

export interface PoolExecutorSettings {
  readonly threads: number;
  /** A shard that takes this long and ten times its estimate on top has hung: its thread is ended. */
  readonly shardTimeoutSeconds: number;
  readonly log: Log;
  /** Bounds of each thread's JavaScript heap; Node's own if left out. */
  readonly resourceLimits?: ResourceLimits;
  /** What the threads load; `workers/shard` if left out. */
  readonly worker?: WorkerFile;
}

interface OpenJob extends SharedJob {
  readonly runs: Set<ThreadRun<ShardResult>>;
  /** Cleared when a shard ended otherwise than by its own: a thread that is being ended may still write. */
  isClean: boolean;
}

/** Runs shards and whole jobs on threads of this process, one at a time on each. */
export class PoolExecutor implements Executor {
  readonly #threads: readonly ShardThread[];
  readonly #shardTimeoutSeconds: number;
  readonly #jobs = new Map<string, OpenJob>();
  /** Runs that no thread was free for, in the order they came. */
  readonly #waiting = new Set<Pick<ThreadRun<unknown>, 'choose' | 'start' | 'giveUp'>>();
  /** Whole jobs, waiting or running. */
  readonly #whole = new Set<ThreadRun<WholeCheck>>();
  readonly #memories = new MemoryPool();
  #openings = 0;
  #shardsRun = 0;

  constructor({ threads, shardTimeoutSeconds, log, resourceLimits, worker }: PoolExecutorSettings) {
    this.#shardTimeoutSeconds = shardTimeoutSeconds;
    const shared = {
      worker: worker ?? findWorkerFile('shard'),
      log,
      resourceLimits,
      onReady: () => this.#startWaiting(),
      onStartFailed: (error: Error) => this.#giveUpWaiting(error),
    };
    this.#threads = Array.from({ length: threads }, (_, slot) => new ShardThread({ ...shared, slot }));
  }

  async open(jobId: string, job: CheckJob): Promise<CheckJob> {
    const allocate = (floats: number) => this.#memories.take(floats);
    const memory = await inPieces(fillJobMemory(job, this.#threads.length, allocate));
    feelMemory(memory.buffer.byteLength);
    this.#jobs.set(jobId, { memory, opening: ++this.#openings, runs: new Set(), isClean: true });
    return jobInMemory(job.spec, memory);
  }

  async run(jobId: string, shard: Shard, signal: AbortSignal): Promise<ShardOutcome> {
    const job = this.#jobs.get(jobId);
    if (job === undefined || signal.aborted) return { kind: 'cancelled' };
    const run = new ThreadRun({
      send: (thread) => thread.run(job, shard),
      requestCancel: () => requestCancel(job.memory),
      isAtHand: (thread) => thread.holds(job),
      timeoutMs: 1000 * (this.#shardTimeoutSeconds + (10 * shard.flops) / FLOPS_PER_SECOND),
    });
    job.runs.add(run);
    const outcome = await this.#see(run, signal);
    if (outcome.kind !== 'done') job.isClean = false;
    job.runs.delete(run);
    return outcome;
  }

  async check(job: InlinePayload, signal: AbortSignal): Promise<Outcome<WholeCheck>> {
    if (signal.aborted) return { kind: 'cancelled' };
    const run = new ThreadRun({
      send: (thread) => thread.check(job),
      // It is over before it could look.
      requestCancel: () => undefined,
      isAtHand: () => false,
      timeoutMs: 1000 * this.#shardTimeoutSeconds,
    });
    this.#whole.add(run);
    const outcome = await this.#see(run, signal);
    this.#whole.delete(run);
    return outcome;
  }

  async close(jobId: string): Promise<void> {
    const job = this.#jobs.get(jobId);
    if (job === undefined) return;
    this.#jobs.delete(jobId);
    await cancelAll([...job.runs]);
    for (const memory of job.isClean ? this.#memories.give(job.memory) : [job.memory]) {
      for (const thread of this.#threads) thread.forget(memory);
      feelMemory(memory.buffer.byteLength);
    }
  }

  capacity(): number {
    return this.#threads.length;
  }

  /** Shards run to their end so far; a whole job counts as one. */
  get shardsRun(): number {
    return this.#shardsRun;
  }

  /** How many threads are up; fewer than `capacity()` only while one is being started. */
  liveThreads(): number {
    return this.#threads.filter((thread) => thread.live).length;
  }

  async destroy(): Promise<void> {
    const runs = [...this.#jobs.values()].flatMap((job) => [...job.runs]);
    this.#jobs.clear();
    const cancelled = cancelAll([...runs, ...this.#whole]);
    await Promise.all(this.#threads.map((thread) => thread.destroy()));
    await cancelled;
  }

  /** Sees a run to its end: on the next thread that is free, if it is not cancelled before. */
  async #see<Result>(run: ThreadRun<Result>, signal: AbortSignal): Promise<Outcome<Result>> {
    const cancel = () => run.cancel();
    // As many shards as there are threads may have one signal.
    setMaxListeners(0, signal);
    signal.addEventListener('abort', cancel, { once: true });
    this.#waiting.add(run);
    this.#startWaiting();
    const outcome = await run.outcome;
    if (outcome.kind === 'done') this.#shardsRun++;
    signal.removeEventListener('abort', cancel);
    this.#waiting.delete(run);
    this.#startWaiting();
    return outcome;
  }

  #startWaiting(): void {
    for (const run of this.#waiting) {
      const thread = run.choose(this.#threads.filter(({ idle }) => idle));
      if (thread === undefined) return;
      this.#waiting.delete(run);
      void run.start(thread);
    }
  }

  /** While no thread can be started at all, waiting would have no end. */
  #giveUpWaiting(error: Error): void {
    if (this.liveThreads() > 0) return;
    for (const run of this.#waiting) run.giveUp(`no thread could be started: ${error.message}`);
  }
}

async function cancelAll(runs: readonly Pick<ThreadRun<unknown>, 'cancel' | 'outcome'>[]): Promise<void> {
  for (const run of runs) run.cancel();
  await Promise.all(runs.map((run) => run.outcome));
}
