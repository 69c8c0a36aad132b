import { setMaxListeners } from 'node:events';
import type { ResourceLimits } from 'node:worker_threads';
import type { CheckJob } from '../../check/check-job.ts';
import { fillJobMemory, jobInMemory } from '../../check/job-memory.ts';
import { FLOPS_PER_SECOND } from '../../check/plan/check-plan.ts';
import type { Shard } from '../../check/shard.ts';
import { inPieces } from '../in-pieces.ts';
import type { Log } from '../log.ts';
import type { Executor, ShardOutcome } from './executor.ts';
import { MemoryPool } from './memory-pool.ts';
import { feelMemory } from './memory-pressure.ts';
import { ShardRun } from './shard-run.ts';
import type { SharedJob } from './shard-task.ts';
import { ShardThread } from './shard-thread.ts';
import { findWorkerFile, type WorkerFile } from './worker-file.ts';

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
  readonly runs: Set<ShardRun>;
  /** Cleared when a shard ended otherwise than by its own: a thread that is being ended may still write. */
  isClean: boolean;
}

/** Runs shards on threads of this process, one at a time on each. */
export class PoolExecutor implements Executor {
  readonly #threads: readonly ShardThread[];
  readonly #shardTimeoutSeconds: number;
  readonly #jobs = new Map<string, OpenJob>();
  /** Runs that no thread was free for, in the order they came. */
  readonly #waiting = new Set<ShardRun>();
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
    const timeoutSeconds = this.#shardTimeoutSeconds + (10 * shard.flops) / FLOPS_PER_SECOND;
    const run = new ShardRun(job, shard, 1000 * timeoutSeconds);
    const cancel = () => run.cancel();
    // As many shards as there are threads may have one signal.
    setMaxListeners(0, signal);
    signal.addEventListener('abort', cancel, { once: true });
    job.runs.add(run);
    this.#waiting.add(run);
    this.#startWaiting();
    const outcome = await run.outcome;
    if (outcome.kind === 'done') this.#shardsRun++;
    else job.isClean = false;
    signal.removeEventListener('abort', cancel);
    job.runs.delete(run);
    this.#waiting.delete(run);
    this.#startWaiting();
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

  /** Shards run to their end so far. */
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
    const cancelled = cancelAll(runs);
    await Promise.all(this.#threads.map((thread) => thread.destroy()));
    await cancelled;
  }

  #startWaiting(): void {
    for (const run of this.#waiting) {
      const thread = this.#idleThread(run.job);
      if (thread === undefined) return;
      this.#waiting.delete(run);
      void run.start(thread);
    }
  }

  /** Rather one that has the job compiled already. */
  #idleThread(job: SharedJob): ShardThread | undefined {
    const idle = this.#threads.filter((thread) => thread.idle);
    return idle.find((thread) => thread.holds(job)) ?? idle[0];
  }

  /** While no thread can be started at all, waiting would have no end. */
  #giveUpWaiting(error: Error): void {
    if (this.liveThreads() > 0) return;
    for (const run of this.#waiting) run.giveUp(`no thread could be started: ${error.message}`);
  }
}

async function cancelAll(runs: readonly ShardRun[]): Promise<void> {
  for (const run of runs) run.cancel();
  await Promise.all(runs.map((run) => run.outcome));
}
