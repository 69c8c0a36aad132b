import type { Insertable } from 'kysely';
import type { JobError, JobRecord } from '../../job-record.ts';
import type { JobRow, JobsTable } from './schema.ts';

/** The row of a new job that names tensors and a payload of `bytes`. */
export function toJobRow(job: JobRecord, bytes: number): Required<NewJobRow> {
  return {
    id: job.id,
    client: JSON.stringify(job.client),
    name: job.name === undefined ? null : JSON.stringify(job.name),
    labels: JSON.stringify(job.labels),
    status: job.status,
    verdict: job.verdict ?? null,
    error: errorText(job.error),
    stage: job.progress.stage,
    completed: job.progress.completed,
    total: job.progress.total,
    components: job.components,
    work_seconds: job.workSeconds,
    created_at: job.createdAt,
    started_at: job.startedAt ?? null,
    finished_at: job.finishedAt ?? null,
    expires_at: job.expiresAt ?? null,
    owner: job.owner ?? null,
    lease_until: job.leaseUntil,
    fence: job.fence,
    cancel_requested: job.cancelRequested ? 1 : 0,
    bytes,
  };
}

/** The columns that a new job sets; the others start from their defaults. */
export type NewJobRow = Omit<Insertable<JobsTable>, 'result_bytes' | 'last_event'>;

export function errorText(error: JobError | undefined): string | null {
  return error === undefined ? null : JSON.stringify(error);
}

export function fromJobRow(row: JobRow): JobRecord {
  const client: string = JSON.parse(row.client);
  const labels: Record<string, string> = JSON.parse(row.labels);
  return {
    id: row.id,
    client,
    ...nameOf(row),
    labels,
    status: row.status,
    ...(row.verdict === null ? {} : { verdict: row.verdict }),
    ...errorOf(row),
    progress: { stage: row.stage, completed: row.completed, total: row.total },
    components: row.components,
    workSeconds: row.work_seconds,
    createdAt: row.created_at,
    ...(row.started_at === null ? {} : { startedAt: row.started_at }),
    ...(row.finished_at === null ? {} : { finishedAt: row.finished_at }),
    ...(row.expires_at === null ? {} : { expiresAt: row.expires_at }),
    ...(row.owner === null ? {} : { owner: row.owner }),
    leaseUntil: row.lease_until,
    fence: row.fence,
    cancelRequested: row.cancel_requested === 1,
    bytes: row.bytes,
  };
}

function nameOf(row: JobRow): { name?: string } {
  if (row.name === null) return {};
  const name: string = JSON.parse(row.name);
  return { name };
}

function errorOf(row: JobRow): { error?: JobError } {
  if (row.error === null) return {};
  const error: JobError = JSON.parse(row.error);
  return { error };
}
