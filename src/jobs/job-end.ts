import type { Report } from '../check/report.ts';
import type { JobEventBody, StoredEvent } from './job-event.ts';
import type { JobError, JobProgress, JobRecord } from './job-record.ts';
import type { JobEnding, Lease, Store } from './store/job-store.ts';

/** How a job ends. */
export type JobEnd =
  /** `numeric` is the numeric gradient as `packGradient` packs it. */
  | { readonly kind: 'succeeded'; readonly report: Report; readonly numeric: Float64Array }
  | { readonly kind: 'failed'; readonly error: JobError }
  | { readonly kind: 'cancelled' };

/** When and where a job ended. */
export interface EndPoint {
  readonly progress: JobProgress;
  /** Parameter events that are not stored yet. */
  readonly earlier: readonly JobEventBody[];
  readonly finishedAt: number;
  readonly expiresAt: number;
}

/**
 * Stores the end of a job.
 * @returns what has changed of the job and the events stored, or undefined when the lease is lost.
 */
export async function storeEnd(
  store: Store,
  lease: Lease,
  end: JobEnd,
  point: EndPoint,
): Promise<{ readonly changes: Partial<JobRecord>; readonly events: readonly StoredEvent[] } | undefined> {
  const ending: JobEnding = { ...point, ...(await describeEnd(store, end)) };
  const events = await store.jobs.finish(lease, ending);
  const { status, verdict, error, progress, finishedAt, expiresAt } = ending;
  return events && { changes: { status, verdict, error, progress, finishedAt, expiresAt }, events };
}

async function describeEnd(store: Store, end: JobEnd): Promise<Omit<JobEnding, keyof EndPoint>> {
  switch (end.kind) {
    case 'succeeded': {
      const { report } = end;
      const numeric = await store.tensors.put(end.numeric);
      const event: JobEventBody = { type: 'report', data: report };
      return { status: 'succeeded', verdict: report.verdict, report, numeric, event };
    }
    case 'failed':
      return { status: 'failed', error: end.error, event: { type: 'failed', data: { error: end.error } } };
    case 'cancelled':
      return { status: 'cancelled', event: { type: 'cancelled', data: {} } };
  }
}
