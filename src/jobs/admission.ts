import { GradcheckError } from '../errors/catalogue.ts';

export interface AdmissionLimits {
  /** Most jobs that have not ended. */
  readonly maxQueuedJobs: number;
  /** Most estimated work of jobs that have not ended, in seconds on one thread. */
  readonly maxQueuedSeconds: number;
  /** Most jobs of one client that have not ended. */
  readonly maxJobsPerClient: number;
}

/** A job's place among those that have not ended, from before it is stored until it has ended. */
export interface Place {
  /** Says how much of the job's work is still to be done, from 1 to 0. */
  remaining(share: number): void;
  /** Gives the place up; harmless to repeat. */
  leave(): void;
}

/** Jobs that have not ended. */
interface Waiting {
  jobs: number;
  /** Their estimated seconds of work not done yet. */
  work: number;
}

const LONGEST_RETRY = 3600;

/** Bounds what waits, and tells those who are refused when it is worth coming back. */
export class Admission {
  readonly #limits: AdmissionLimits;
  readonly #threads: () => number;
  readonly #all: Waiting = { jobs: 0, work: 0 };
  readonly #ofClient = new Map<string, Waiting>();
  /** Recent work: seconds it took and seconds it was estimated at, older work fading out. */
  #taken = 0;
  #estimated = 0;

  /** @param threads how many shards run at once */
  constructor(limits: AdmissionLimits, threads: () => number) {
    this.#limits = limits;
    this.#threads = threads;
  }

  /** Jobs that have not ended, those being stored among them, and their estimated seconds of work not done yet. */
  get backlog(): { readonly jobs: number; readonly workSeconds: number } {
    return { jobs: this.#all.jobs, workSeconds: this.#all.work };
  }

  /**
   * Takes a new job in.
   * @throws GradcheckError too-many-jobs or overloaded, with the seconds after which there should be room.
   */
  admit(client: string, workSeconds: number): Place {
    const { maxQueuedJobs, maxQueuedSeconds, maxJobsPerClient } = this.#limits;
    const mine = this.#ofClient.get(client);
    if (mine !== undefined && mine.jobs >= maxJobsPerClient) {
      const detail = `this client has ${mine.jobs} jobs that have not ended; the limit is ${maxJobsPerClient}`;
      // Its next job ends when the threads, shared by all clients alike, have done an average job of its.
      const work = (this.#ofClient.size * mine.work) / mine.jobs;
      throw new GradcheckError('too-many-jobs', detail, { retryAfter: this.#secondsFor(work) });
    }
    const { jobs, work } = this.#all;
    if (jobs >= maxQueuedJobs) {
      const detail = `${jobs} jobs have not ended; the limit is ${maxQueuedJobs}`;
      throw new GradcheckError('overloaded', detail, { retryAfter: this.#secondsFor(work / jobs) });
    }
    const over = work + workSeconds - maxQueuedSeconds;
    // A service without work takes any job, or one larger than the limit would be told to come back for ever.
    if (over > 0 && jobs > 0) {
      const detail = `about ${Math.round(work)} s of work wait; with this job's it would be over the limit of ${maxQueuedSeconds} s`;
      throw new GradcheckError('overloaded', detail, { retryAfter: this.#secondsFor(Math.min(over, work)) });
    }
    return this.adopt(client, workSeconds);
  }

  /** Takes in a job that was accepted before, whatever the limits. */
  adopt(client: string, workSeconds: number): Place {
    const mine = this.#ofClient.get(client) ?? { jobs: 0, work: 0 };
    this.#ofClient.set(client, mine);
    let left = 0;
    let gone = false;
    const move = (jobs: number, work: number) => {
      left += work;
      for (const waiting of [this.#all, mine]) {
        waiting.jobs += jobs;
        // Rounding must not add up over the life of a process.
        waiting.work = waiting.jobs === 0 ? 0 : Math.max(0, waiting.work + work);
      }
    };
    move(1, workSeconds);
    return {
      remaining: (share) => {
        if (!gone) move(0, share * workSeconds - left);
      },
      leave: () => {
        if (gone) return;
        gone = true;
        move(-1, -left);
        if (mine.jobs === 0) this.#ofClient.delete(client);
      },
    };
  }

  /** Learns how the estimates hold on this machine. Both in seconds on one thread. */
  observe(estimated: number, taken: number): void {
    // Fades to a half over about 7 minutes of work.
    const fade = Math.exp(-taken / 600);
    this.#taken = fade * this.#taken + taken;
    this.#estimated = fade * this.#estimated + estimated;
  }

  /** Seconds until all threads together have done so much estimated work. */
  #secondsFor(work: number): number {
    const pace = this.#estimated > 0 ? this.#taken / this.#estimated : 1;
    return Math.min(LONGEST_RETRY, Math.max(1, Math.ceil((work * pace) / this.#threads())));
  }
}
