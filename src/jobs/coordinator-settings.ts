import type { AdmissionLimits } from './admission.ts';

export interface CoordinatorSettings extends AdmissionLimits {
  /** A job that runs longer, in this process, fails with deadline-exceeded. */
  readonly jobDeadlineSeconds: number;
  /** How long a job stays with a process that is no longer heard of. */
  readonly leaseSeconds: number;
  /** How often a shard that ends its thread is run before its job fails. */
  readonly shardAttempts: number;
  /** Bytes of the tensors of jobs that run at once; a larger job runs alone. */
  readonly maxOpenBytes: number;
  /** Bytes of the tensors of accepted jobs kept in memory; others are read from the store when their turn comes. */
  readonly maxHeldBytes: number;
  /** How long an Idempotency-Key stands for its job. */
  readonly idempotencySeconds: number;
  readonly retention: {
    /** How long a job is kept after its end. */
    readonly seconds: number;
    readonly maxJobs: number;
    readonly maxBytes: number;
  };
}

const GIB = 2 ** 30;

export const defaultCoordinatorSettings: CoordinatorSettings = {
  maxQueuedJobs: 10_000,
  maxQueuedSeconds: 14_400,
  maxJobsPerClient: 1_000,
  jobDeadlineSeconds: 86_400,
  leaseSeconds: 15,
  shardAttempts: 2,
  maxOpenBytes: 2 * GIB,
  maxHeldBytes: GIB / 4,
  idempotencySeconds: 86_400,
  retention: { seconds: 30 * 86_400, maxJobs: 100_000, maxBytes: 10 * GIB },
};
