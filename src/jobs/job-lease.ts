import type { Clock } from './clock.ts';
import type { JobRecord } from './job-record.ts';
import type { StorageRetry } from './storage-retry.ts';
import type { JobStore, Lease } from './store/job-store.ts';

export interface JobLeaseParts {
  readonly store: JobStore;
  readonly retry: StorageRetry;
  readonly clock: Clock;
  readonly owner: string;
  readonly leaseSeconds: number;
}

/** This process's lease of one job. */
export class JobLease {
  readonly #parts: JobLeaseParts;
  readonly #jobId: string;
  #held: Lease | undefined;
  #until = 0;

  constructor(parts: JobLeaseParts, jobId: string) {
    this.#parts = parts;
    this.#jobId = jobId;
  }

  /** The lease that a job which is being inserted comes with: no other process can have seen the job. */
  first(): Pick<JobRecord, 'owner' | 'leaseUntil' | 'fence'> {
    const { owner } = this.#parts;
    this.#held = { jobId: this.#jobId, owner, fence: 1 };
    this.#until = this.#end();
    return { owner, leaseUntil: this.#until, fence: 1 };
  }

  /** The lease as writes bear it; undefined before it was taken. */
  get held(): Lease | undefined {
    return this.#held;
  }

  /** Whether enough of it is left to begin something with it. */
  get isFresh(): boolean {
    return this.#held !== undefined && this.#until - this.#parts.clock.now() > 500 * this.#parts.leaseSeconds;
  }

  /** Takes the lease. @returns the job as it is stored, or undefined when it has ended or another process holds it. */
  async take(): Promise<JobRecord | undefined> {
    const { store, retry, clock, owner } = this.#parts;
    const until = this.#end();
    const taken = await retry.run(this.#jobId, () => store.acquire(this.#jobId, owner, clock.now(), until));
    this.#held = taken?.lease;
    this.#until = until;
    return taken?.job;
  }

  /** @returns false when it is lost, or the job has ended. */
  async renew(): Promise<boolean> {
    if (this.#held === undefined) return false;
    const until = this.#end();
    const renewed = await this.#parts.store.renew(this.#held, until);
    if (renewed) this.#until = until;
    return renewed;
  }

  /** Lets another process take the job at once. */
  async release(): Promise<void> {
    if (this.#held !== undefined) await this.#parts.store.release(this.#held);
  }

  #end(): number {
    return this.#parts.clock.now() + 1000 * this.#parts.leaseSeconds;
  }
}
