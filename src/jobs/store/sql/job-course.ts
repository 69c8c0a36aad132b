import type { Kysely } from 'kysely';
import type { StageName } from '../../../check/shard.ts';
import type { NewEvent, StoredEvent } from '../../job-event.ts';
import type { JobProgress } from '../../job-record.ts';
import type { Lease } from '../job-store.ts';
import { toEventRow } from './event-row.ts';
import { heldBy } from './job-leases.ts';
import { prepare } from './prepared-query.ts';
import type { EventsTable, Schema } from './schema.ts';
import type { SqlSession } from './sql-session.ts';

/** A shard's result as it is stored. */
export interface EncodedResult {
  readonly point: number;
  readonly stage: StageName;
  readonly index: number;
  readonly result: Uint8Array;
}

/**
 * What an owner stores while its job runs. Each write starts with an update of the job's row under the lease: it
 * tells whether the lease is still good and, on a database with many writers, locks the row.
 */
export class JobCourse {
  readonly #queries: ReturnType<typeof courseQueries>;

  constructor(kysely: Kysely<Schema>) {
    this.#queries = courseQueries(kysely);
  }

  async putShardResult(
    session: SqlSession,
    lease: Lease,
    { point, stage, index, result }: EncodedResult,
    progress: JobProgress,
  ): Promise<boolean> {
    const bytes = result.byteLength;
    const advanced = await session.changes(this.#queries.advance.bind({ ...lease, ...progress, bytes }));
    if (advanced === 0) return false;
    const { jobId } = lease;
    const put = this.#queries.putResult.bind({ jobId, point, stage, shard: index, bytes, result });
    const isNew = (await session.changes(put)) === 1;
    if (!isNew) await session.changes(this.#queries.takeBytesBack.bind({ jobId, bytes }));
    return true;
  }

  async appendEvent(session: SqlSession, lease: Lease, event: NewEvent): Promise<StoredEvent | undefined> {
    const bytes = Buffer.byteLength(event.data);
    const numbered = await session.row(this.#queries.numberEvent.bind({ ...lease, bytes }));
    if (numbered === undefined) return undefined;
    const [stored] = await this.insertEvents(session, lease.jobId, numbered.last_event, [event]);
    return stored;
  }

  /** Stores events under numbers that the caller has taken, `last` the greatest of them. */
  async insertEvents(
    session: SqlSession,
    jobId: string,
    last: number,
    events: readonly NewEvent[],
  ): Promise<StoredEvent[]> {
    await session.changes(this.#queries.putEvents.bind({ ...toEventRow(jobId, last, events) }));
    const first = last - events.length + 1;
    return events.map(({ type, data }, i) => ({ id: first + i, type, data }));
  }
}

type LeaseValues = { jobId: string; owner: string; fence: number };
type ProgressValues = { stage: StageName; completed: number; total: number };
type ResultValues = {
  jobId: string;
  point: number;
  stage: StageName;
  shard: number;
  bytes: number;
  result: Uint8Array;
};

function courseQueries(kysely: Kysely<Schema>) {
  return {
    advance: prepare<LeaseValues & ProgressValues & { bytes: number }>()((value) =>
      kysely
        .updateTable('jobs')
        .set((job) => ({
          stage: value('stage'),
          completed: value('completed'),
          total: value('total'),
          bytes: job('bytes', '+', value('bytes')),
          result_bytes: job('result_bytes', '+', value('bytes')),
        }))
        .where(heldBy(value('jobId'), value('owner'), value('fence'))),
    ),
    putResult: prepare<ResultValues>()((value) =>
      kysely
        .insertInto('shard_results')
        .values({
          job_id: value('jobId'),
          point: value('point'),
          stage: value('stage'),
          shard: value('shard'),
          bytes: value('bytes'),
          result: value('result'),
        })
        .onConflict((conflict) => conflict.doNothing()),
    ),
    takeBytesBack: prepare<{ jobId: string; bytes: number }>()((value) =>
      kysely
        .updateTable('jobs')
        .set((job) => ({
          bytes: job('bytes', '-', value('bytes')),
          result_bytes: job('result_bytes', '-', value('bytes')),
        }))
        .where('id', '=', value('jobId')),
    ),
    numberEvent: prepare<LeaseValues & { bytes: number }>()((value) =>
      kysely
        .updateTable('jobs')
        .set((job) => ({
          last_event: job('last_event', '+', 1),
          bytes: job('bytes', '+', value('bytes')),
        }))
        .where(heldBy(value('jobId'), value('owner'), value('fence')))
        .returning('last_event'),
    ),
    putEvents: prepare<Pick<EventsTable, keyof EventsTable>>()((value) =>
      kysely.insertInto('events').values({
        job_id: value('job_id'),
        last: value('last'),
        types: value('types'),
        lines: value('lines'),
      }),
    ),
  };
}
