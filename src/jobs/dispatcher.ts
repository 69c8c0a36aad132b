import { FLOPS_PER_SECOND } from '../check/plan/check-plan.ts';
import type { Admission } from './admission.ts';
import type { Executor } from './executor/executor.ts';
import { FairQueue } from './fair-queue.ts';
import type { RunningJob } from './running-job.ts';

/** Charged for each task beside its arithmetic: what it takes to send it to a thread and back. */
const TASK_OVERHEAD_SECONDS = 1e-4;

/** Keeps every thread busy: takes jobs up and has their tasks run, as many at once as the executor takes. */
export class Dispatcher {
  readonly #executor: Executor;
  readonly #admission: Admission;
  readonly #maxOpenBytes: number;
  readonly #queue: FairQueue<RunningJob>;
  /** Jobs taken up that may still have something to run. */
  readonly #open = new Set<RunningJob>();
  /** Those among them of which nothing has been run yet. */
  readonly #fresh = new Set<RunningJob>();
  #openBytes = 0;
  #running = 0;
  #pumping = false;
  #pumpAgain = false;
  #stopped = false;

  /** @param maxOpenBytes memory of the jobs taken up at once; a job larger than that runs alone */
  constructor(executor: Executor, admission: Admission, maxOpenBytes: number) {
    this.#executor = executor;
    this.#admission = admission;
    this.#maxOpenBytes = maxOpenBytes;
    // Room for a job on every thread, and as many on their way.
    this.#queue = new FairQueue(2 * executor.capacity() + 2);
  }

  /** Whether a job added now would be taken up at once. */
  get idle(): boolean {
    return this.#queue.empty && !this.#stopped;
  }

  /** Shards and whole jobs that run now. */
  get running(): number {
    return this.#running;
  }

  add(job: RunningJob): void {
    this.#queue.add(job);
    this.#pump();
  }

  /** Takes a waiting job up out of turn: one that is to be ended, not run. */
  conclude(job: RunningJob): Promise<void> {
    this.#queue.remove(job);
    return job.live({ onReady: () => this.#pump(), onTasksOver: () => undefined });
  }

  /** Takes no more jobs up and hands out nothing more. */
  stop(): void {
    this.#stopped = true;
  }

  /** Hands out turns until nobody can use the room. A call from within only has it look once more. */
  #pump(): void {
    this.#pumpAgain = true;
    if (this.#pumping) return;
    this.#pumping = true;
    while (this.#pumpAgain) {
      this.#pumpAgain = false;
      while (this.#handOut());
    }
    this.#pumping = false;
  }

  #handOut(): boolean {
    if (this.#stopped) return false;
    const capacity = this.#executor.capacity();
    const turn = this.#queue.next({
      run: this.#running < capacity,
      // So many taken up ahead of their first task are enough that no thread waits for the store.
      open: (job) => this.#fresh.size < capacity && this.#hasRoomFor(job),
    });
    if (turn?.kind === 'open') this.#takeUp(turn.job);
    if (turn?.kind === 'run') void this.#run(turn.job);
    return turn !== undefined;
  }

  #hasRoomFor(job: RunningJob): boolean {
    return this.#open.size === 0 || this.#openBytes + job.bytes <= this.#maxOpenBytes;
  }

  #takeUp(job: RunningJob): void {
    const { bytes } = job;
    this.#open.add(job);
    this.#fresh.add(job);
    this.#openBytes += bytes;
    const onTasksOver = () => {
      if (!this.#open.delete(job)) return;
      this.#fresh.delete(job);
      this.#openBytes -= bytes;
      this.#queue.remove(job);
      this.#pump();
    };
    void job.live({ onReady: () => this.#pump(), onTasksOver });
  }

  async #run(job: RunningJob): Promise<void> {
    const task = job.takeTask();
    if (task === undefined) return;
    const estimated = task.flops / FLOPS_PER_SECOND;
    this.#fresh.delete(job);
    this.#queue.charge(job, estimated + TASK_OVERHEAD_SECONDS);
    this.#running++;
    const startedAt = performance.now();
    const settled = await task.run();
    this.#running--;
    if (settled.kind === 'done') this.#admission.observe(estimated, (performance.now() - startedAt) / 1000);
    // The thread gets its next shard first: what comes of this one is folded while it works.
    this.#pump();
    settled.settle();
    this.#pump();
  }
}
