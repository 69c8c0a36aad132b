import type { Kysely } from 'kysely';
import type { NewEvent, StoredEvent } from '../../job-event.ts';
import type { Lease } from '../job-store.ts';
import { toEventRow } from './event-row.ts';
import { heldBy } from './job-leases.ts';
import { prepare } from './prepared-query.ts';
import type { EventsTable, Schema } from './schema.ts';
import type { SqlSession } from './sql-session.ts';

/**
 * The events that an owner stores while its job runs. Each write starts with an update of the job's row under the
 * lease: it tells whether the lease is still good and, on a database with many writers, locks the row.
 */
export class JobEvents {
  readonly #queries: ReturnType<typeof eventQueries>;

  constructor(kysely: Kysely<Schema>) {
    this.#queries = eventQueries(kysely);
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

function eventQueries(kysely: Kysely<Schema>) {
  return {
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
