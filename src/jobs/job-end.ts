import type { FoldedCheck } from '../check/folded-check.ts';
import { type NewEvent, newEvent, type StoredEvent } from './job-event.ts';
import type { JobError, JobProgress, JobRecord } from './job-record.ts';
import { INLINE_BYTES, type Numbers } from './numbers.ts';
import type { JobEnding, Lease, Store } from './store/job-store.ts';
import { CHUNK_BYTES } from './store/tensor-store.ts';

/** How a job ends. */
export type JobEnd =
  | { readonly kind: 'succeeded'; readonly check: FoldedCheck }
  | { readonly kind: 'failed'; readonly error: JobError }
  | { readonly kind: 'cancelled' };

/** When and where a job ended. */
export interface EndPoint {
  readonly progress: JobProgress;
  /** Parameter events that are not stored yet. */
  readonly earlier: readonly NewEvent[];
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
  { earlier, ...point }: EndPoint,
): Promise<{ readonly changes: Partial<JobRecord>; readonly events: readonly StoredEvent[] } | undefined> {
  const { event, ...outcome } = describe(end);
  const { numeric, stored } = await storeNumeric(store, end);
  const ending: JobEnding = { ...point, ...outcome, numeric, events: [...earlier, event] };
  const [events] = await Promise.all([store.jobs.finish(lease, ending), stored]);
  const { status, verdict, error, progress, finishedAt, expiresAt } = ending;
  return events && { changes: { status, verdict, error, progress, finishedAt, expiresAt }, events };
}

function describe(end: JobEnd): Pick<JobEnding, 'status' | 'verdict' | 'error'> & { event: NewEvent } {
  switch (end.kind) {
    case 'succeeded':
      return {
        status: 'succeeded',
        verdict: end.check.verdict,
        event: { type: 'report', data: end.check.report },
      };
    case 'failed': {
      const { error } = end;
      return { status: 'failed', error, event: newEvent({ type: 'failed', data: { error } }) };
    }
    case 'cancelled':
      return { status: 'cancelled', event: newEvent({ type: 'cancelled', data: {} }) };
  }
}

interface StoredNumeric {
  readonly numeric?: Numbers;
  /** Resolves when it is durable. */
  readonly stored?: Promise<void>;
}

/** A gradient of up to one chunk is committed together with the end, a larger one before it. */
async function storeNumeric(store: Store, end: JobEnd): Promise<StoredNumeric> {
  if (end.kind !== 'succeeded') return {};
  const { numeric } = end.check;
  if (numeric.byteLength <= INLINE_BYTES) return { numeric: { kind: 'inline', values: numeric } };
  const { id, stored } = await store.tensors.begin(numeric);
  if (numeric.byteLength > CHUNK_BYTES) await stored;
  return { numeric: { kind: 'tensor', id }, stored };
}
