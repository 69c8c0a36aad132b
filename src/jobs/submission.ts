import type { CheckJob } from '../check/check-job.ts';
import { type Estimate, estimate } from '../check/plan/estimate.ts';
import { componentsAtAllPoints } from '../check/points/point.ts';
import { GradcheckError } from '../errors/catalogue.ts';
import type { Admission, Place } from './admission.ts';
import type { Clock } from './clock.ts';
import type { JobIds } from './job-ids.ts';
import { payloadBytes, storePayload } from './job-payload.ts';
import type { JobRecord } from './job-record.ts';
import type { LocalJobs } from './local-jobs.ts';
import type { HeldJob } from './running-job.ts';
import type { IdempotencyRecord, Store } from './store/job-store.ts';

export interface Submission {
  readonly job: CheckJob;
  /** What it will take with as many shards at once as the executor runs; found here when left out. */
  readonly estimate?: Estimate;
  /** Who submits it: fairness, limits and Idempotency-Keys are per client. */
  readonly client: string;
  readonly idempotency?: {
    readonly key: string;
    /** SHA-256 of the canonical document and its tensors. */
    readonly fingerprint: string;
  };
}

export type SubmitOutcome =
  | { readonly kind: 'accepted'; readonly job: JobRecord }
  /** The same was submitted before under the same key, and is this job. */
  | { readonly kind: 'repeated'; readonly jobId: string };

type NewJob = Omit<JobRecord, 'owner' | 'leaseUntil' | 'fence'>;
type IdempotencyKey = Omit<IdempotencyRecord, 'jobId'>;

export interface SubmissionsParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly admission: Admission;
  readonly jobs: LocalJobs;
  readonly ids: JobIds;
  readonly idempotencySeconds: number;
  /** How many shards run at once. */
  readonly threads: () => number;
  /** Whether a job accepted now is run at once. */
  readonly startsAtOnce: () => boolean;
}

/** Takes new jobs in: admission first, then their numbers are stored, then the job itself. */
export class Submissions {
  readonly #parts: SubmissionsParts;
  readonly #pending = new Set<Promise<unknown>>();

  constructor(parts: SubmissionsParts) {
    this.#parts = parts;
  }

  /** @throws GradcheckError too-many-jobs, overloaded, idempotency-mismatch, or what the store throws */
  async submit(submission: Submission): Promise<SubmitOutcome> {
    const outcome = this.#submit(submission);
    this.#pending.add(outcome);
    try {
      return await outcome;
    } finally {
      this.#pending.delete(outcome);
    }
  }

  /** Resolves when no submission is under way. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#pending);
  }

  async #submit({ job, estimate: given, client, idempotency }: Submission): Promise<SubmitOutcome> {
    const { store, clock, admission, idempotencySeconds } = this.#parts;
    const now = clock.now();
    const key = idempotency && { ...idempotency, client, expiresAt: now + 1000 * idempotencySeconds };
    // A repeated submission is answered even when there is no room for new ones.
    const known = key && (await store.jobs.findIdempotency(client, key.key, now));
    if (known !== undefined) {
      if (known.fingerprint !== idempotency?.fingerprint) throw mismatch();
      return { kind: 'repeated', jobId: known.jobId };
    }
    const planned = given ?? estimate(job.spec, this.#parts.threads());
    const place = admission.admit(client, planned.seconds);
    try {
      const taken = { job, memoryBytes: planned.memoryBytes };
      return await this.#insert(taken, this.#describe(job, client, planned), place, key);
    } catch (error) {
      place.leave();
      throw error;
    }
  }

  #describe(job: CheckJob, client: string, planned: Estimate): NewJob {
    const { clock, ids, startsAtOnce } = this.#parts;
    const createdAt = clock.now();
    const { name, labels } = job.spec;
    return {
      id: ids.next(),
      client,
      ...(name === undefined ? {} : { name }),
      labels,
      // A job that starts at once is stored as running, which saves it a write.
      ...(startsAtOnce() ? { status: 'running', startedAt: createdAt } : { status: 'queued' }),
      progress: { stage: 'prepare', completed: 0, total: planned.components },
      components: componentsAtAllPoints(job.spec),
      workSeconds: planned.seconds,
      createdAt,
      cancelRequested: false,
      bytes: payloadBytes(job),
    };
  }

  async #insert(
    taken: HeldJob,
    described: NewJob,
    place: Place,
    key: IdempotencyKey | undefined,
  ): Promise<SubmitOutcome> {
    const { store, jobs } = this.#parts;
    const { payload, stored } = await storePayload(taken.job, store.tensors);
    const lease = jobs.leaseOf(described.id);
    const record: JobRecord = { ...described, ...lease.first() };
    const [outcome] = await Promise.all([store.jobs.insert(record, payload, key), stored]);
    if (outcome.kind === 'mismatch') throw mismatch();
    if (outcome.kind === 'inserted') {
      jobs.add(record, place, lease, taken);
      return { kind: 'accepted', job: record };
    }
    place.leave();
    return outcome;
  }
}

function mismatch(): GradcheckError {
  return new GradcheckError('idempotency-mismatch', 'the key stands for a submission with other content');
}
