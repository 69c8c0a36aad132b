import { setTimeout as sleep } from 'node:timers/promises';
import type { ResourceLimits } from 'node:worker_threads';
import { Piscina } from 'piscina';
import type { Shard, ShardResult } from '../../check/shard.ts';
import type { WorkerFile } from '../../threads/worker-file.ts';
import type { InlinePayload } from '../job-payload.ts';
import type { Log } from '../log.ts';
import type { BadOutcome, Outcome, ShardOutcome } from './executor.ts';
import type { SharedJob, ThreadTask, WorkerAnswer } from './shard-task.ts';
import type { WholeCheck } from './whole-check.ts';

export interface ShardThreadSettings {
  /** The slot of every job's memory that this thread writes to. */
  readonly slot: number;
  readonly worker: WorkerFile;
  readonly resourceLimits?: ResourceLimits;
  readonly log: Log;
  /** Called whenever the thread comes to be idle after a start. */
  readonly onReady: () => void;
  /** Called when the thread could not be started; it is tried again after a pause. */
  readonly onStartFailed: (error: Error) => void;
}

/** Memories that a thread holds at most, each with its kernels and the job in it compiled. */
const MOST_HELD = 16;
const FLUSH_MS = 50;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

/**
 * One thread that runs one shard or one whole job at a time, started again whenever it ends.
 *
 * It is a pool of one rather than a place in a pool of many, because (piscina 5.3) a pool hands an aborted task's
 * place on before the old thread has ended, so that two threads would write to one slot; it stops replacing threads
 * for good once one has ended while starting; and it does not say which thread a task goes to, so that each job
 * would be compiled on all of them and none could be told to let a memory go.
 */
export class ShardThread {
  readonly #settings: ShardThreadSettings;
  /** The memories that the thread holds, the one used longest ago first: their numbers there, and the jobs in them. */
  readonly #held = new Map<WebAssembly.Memory, { readonly place: number; readonly opening: number }>();
  #places = 0;
  #forget: number[] = [];
  #flush: NodeJS.Timeout | undefined;
  #pool: ThreadPool;
  #state: 'starting' | 'idle' | 'busy' | 'destroyed' = 'starting';

  constructor(settings: ShardThreadSettings) {
    this.#settings = settings;
    this.#pool = this.#createPool();
    void this.#start();
  }

  /** Whether it can take a shard now. */
  get idle(): boolean {
    return this.#state === 'idle';
  }

  /** Whether its thread is up. */
  get live(): boolean {
    return this.#state === 'idle' || this.#state === 'busy';
  }

  /** Whether it has the job at hand, compiled. */
  holds({ memory, opening }: SharedJob): boolean {
    return this.#held.get(memory)?.opening === opening;
  }

  /** Runs one shard; only while idle. Never rejects. */
  async run(job: SharedJob, shard: Shard): Promise<ShardOutcome> {
    const outcome = await this.#work<ShardResult>(this.#taskFor(job, shard));
    // It may have failed before the thread had got hold of the memory.
    if (outcome.kind === 'failed') this.forget(job.memory);
    return outcome;
  }

  /** Checks a whole job; only while idle. Never rejects. */
  check(job: InlinePayload): Promise<Outcome<WholeCheck>> {
    return this.#work<WholeCheck>({ forget: this.#takeForget(), work: { kind: 'whole', job } });
  }

  /** Ends the thread under its shard, which resolves as `crashed`, and starts another. */
  kill(): void {
    if (this.live) this.#restart();
  }

  /** Has the thread let go of a memory: with its next task, or soon if there is none. */
  forget(memory: WebAssembly.Memory): void {
    const held = this.#held.get(memory);
    if (held === undefined) return;
    this.#held.delete(memory);
    this.#forget.push(held.place);
    this.#scheduleFlush();
  }

  /** Ends the thread for good. */
  async destroy(): Promise<void> {
    this.#state = 'destroyed';
    clearTimeout(this.#flush);
    await this.#pool.end();
  }

  #createPool(): ThreadPool {
    const { log, slot } = this.#settings;
    const pool = new ThreadPool(this.#settings.worker, this.#settings.resourceLimits);
    // Errors outside a task; without a listener they would end the process.
    pool.piscina.on('error', (error: Error) =>
      log.warn({ slot, err: error }, 'a shard thread failed outside a shard'),
    );
    // While the thread starts, `#start` sees to it.
    pool.piscina.on('workerDestroy', () => {
      if (pool === this.#pool && this.live) this.#restart();
    });
    return pool;
  }

  /** Waits for the thread to be up, and starts it again after a pause for as long as it fails to. */
  async #start(): Promise<void> {
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
      try {
        await this.#pool.piscina.run({ forget: [] });
        break;
      } catch (error) {
        if (this.#isDestroyed()) return;
        this.#reportStartFailure(error);
        await this.#pool.end();
        await sleep(pause, undefined, { ref: false });
        if (this.#isDestroyed()) return;
        this.#pool = this.#createPool();
      }
    }
    if (this.#isDestroyed()) return;
    this.#state = 'idle';
    this.#settings.onReady();
  }

  #restart(): void {
    this.#state = 'starting';
    this.#held.clear();
    this.#forget = [];
    void this.#startAfter(this.#pool);
  }

  /** The slot is free only when the old thread no longer writes to it. */
  async #startAfter(old: ThreadPool): Promise<void> {
    await old.end();
    if (this.#isDestroyed()) return;
    this.#pool = this.#createPool();
    await this.#start();
  }

  async #work<Result>(task: ThreadTask): Promise<Outcome<Result>> {
    this.#state = 'busy';
    const outcome = await this.#send<Result>(task);
    if (this.#isBusy()) this.#becomeIdle();
    return outcome;
  }

  async #send<Result>(task: ThreadTask): Promise<Outcome<Result>> {
    try {
      return await this.#pool.piscina.run(task);
    } catch (error) {
      // A thread that lives on has thrown out of the task itself, which workers/shard.ts never does.
      if (this.#isBusy()) return { kind: 'failed', code: 'shard-failed', detail: messageOf(error) };
      return describeEnd(error);
    }
  }

  #taskFor({ memory, opening }: SharedJob, shard: Shard): ThreadTask {
    const known = this.#held.get(memory);
    const place = known?.place ?? ++this.#places;
    this.#held.delete(memory);
    this.#held.set(memory, { place, opening });
    if (this.#held.size > MOST_HELD) {
      const [[oldest, held]] = this.#held;
      this.#held.delete(oldest);
      this.#forget.push(held.place);
    }
    const work = { kind: 'shard', place, opening, shard, slot: this.#settings.slot } as const;
    return { forget: this.#takeForget(), work: known === undefined ? { ...work, memory } : work };
  }

  #takeForget(): number[] {
    const forget = this.#forget;
    this.#forget = [];
    return forget;
  }

  #scheduleFlush(): void {
    this.#flush ??= setTimeout(() => this.#flushForget(), FLUSH_MS).unref();
  }

  /** Sends what is to be forgotten on its own; a shard sent meanwhile waits these microseconds in the pool. */
  #flushForget(): void {
    this.#flush = undefined;
    if (!this.idle || this.#forget.length === 0) return;
    // If the thread ends under it, all is forgotten anyway.
    this.#pool.piscina.run({ forget: this.#takeForget() }).catch(() => undefined);
  }

  #becomeIdle(): void {
    this.#state = 'idle';
    if (this.#forget.length > 0) this.#scheduleFlush();
  }

  #reportStartFailure(error: unknown): void {
    const cause = error instanceof Error ? error : new Error(String(error));
    this.#settings.log.error(
      { slot: this.#settings.slot, err: cause },
      'a shard thread could not be started',
    );
    this.#settings.onStartFailed(cause);
  }

  // Methods, because the state changes during an await, which the compiler's narrowing of a field does not see.
  #isBusy(): boolean {
    return this.#state === 'busy';
  }

  #isDestroyed(): boolean {
    return this.#state === 'destroyed';
  }
}

/** A pool of one thread that can be waited for to be really gone. */
class ThreadPool {
  /** What a thread answers follows from the work that it is sent. */
  readonly piscina: Piscina<ThreadTask, WorkerAnswer<never>>;
  readonly #exited: Promise<unknown>;

  constructor(worker: WorkerFile, resourceLimits: ResourceLimits | undefined) {
    this.piscina = new Piscina({
      filename: worker.path,
      name: 'runTask',
      execArgv: [...worker.execArgv],
      minThreads: 1,
      maxThreads: 1,
      recordTiming: false,
      ...(resourceLimits === undefined ? {} : { resourceLimits }),
    });
    const [thread] = this.piscina.threads;
    this.#exited = new Promise((resolve) => thread.once('exit', resolve));
  }

  async end(): Promise<void> {
    // Not within an event of the pool: its destroy() would then wait for an exit that is being announced already.
    await null;
    await Promise.all([this.piscina.destroy(), this.#exited]);
  }
}

function describeEnd(error: unknown): BadOutcome {
  const outOfMemory = error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
  const code = outOfMemory ? 'shard-out-of-memory' : 'shard-crashed';
  return { kind: 'crashed', code, detail: `the shard's thread ended: ${messageOf(error)}` };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
