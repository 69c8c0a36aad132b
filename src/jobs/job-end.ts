import type { Report } from '../check/report/report.ts';
import type { Conclusions } from '../check/verdict/conclusions.ts';
import { packGradients } from '../check/verdict/stored-gradient.ts';
import { inPieces } from './in-pieces.ts';
import type { JobEventBody, StoredEvent } from './job-event.ts';
import type { JobError, JobProgress, JobRecord } from './job-record.ts';
import { INLINE_BYTES } from './numbers.ts';
import type { JobEnding, Lease, Store } from './store/job-store.ts';
import { CHUNK_BYTES } from './store/tensor-store.ts';

/** How a job ends. */
export type JobEnd =
  | { readonly kind: 'succeeded'; readonly report: Report; readonly conclusions: readonly Conclusions[] }
  | { readonly kind: 'failed'; readonly error: JobError }
  | { readonly kind: 'cancelled' };

/** When and where a job ended. */
export interface EndPoint {
  readonly progress: JobProgress;
  /** Parameter events that are not stored yet. */
  readonly earlier: readonly JobEventBody[];
  /** Where the start has not been stored by itself. */
  readonly startedAt?: number;
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
  const { description, stored } = await describeEnd(store, end);
  const ending: JobEnding = { ...point, ...description };
  const [events] = await Promise.all([store.jobs.finish(lease, ending), stored]);
  const { status, verdict, error, progress, finishedAt, expiresAt } = ending;
  return events && { changes: { status, verdict, error, progress, finishedAt, expiresAt }, events };
}

interface DescribedEnd {
  readonly description: Omit<JobEnding, keyof EndPoint>;
  /** Resolves when the numbers that the description names are durable. */
  readonly stored: Promise<void>;
}

async function describeEnd(store: Store, end: JobEnd): Promise<DescribedEnd> {
  const stored = Promise.resolve();
  switch (end.kind) {
    case 'succeeded':
      return describeSuccess(store, end.report, end.conclusions);
    case 'failed': {
      const event: JobEventBody = { type: 'failed', data: { error: end.error } };
      return { description: { status: 'failed', error: end.error, event }, stored };
    }
    case 'cancelled':
      return { description: { status: 'cancelled', event: { type: 'cancelled', data: {} } }, stored };
  }
}

/** A gradient of up to one chunk is committed together with the end, a larger one before it. */
async function describeSuccess(
  store: Store,
  report: Report,
  conclusions: readonly Conclusions[],
): Promise<DescribedEnd> {
  const numeric = await inPieces(packGradients(conclusions));
  const event: JobEventBody = { type: 'report', data: report };
  const description = { status: 'succeeded', verdict: report.verdict, report, event } as const;
  if (numeric.byteLength <= INLINE_BYTES) {
    return {
      description: { ...description, numeric: { kind: 'inline', values: numeric } },
      stored: Promise.resolve(),
    };
  }
  const { id, stored } = await store.tensors.begin(numeric);
  if (numeric.byteLength > CHUNK_BYTES) await stored;
  return { description: { ...description, numeric: { kind: 'tensor', id } }, stored };
}
