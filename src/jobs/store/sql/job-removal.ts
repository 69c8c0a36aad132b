import { setImmediate } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import type { RetentionLimits } from '../job-store.ts';
import type { GroupCommit } from './group-commit.ts';
import { prepare } from './prepared-query.ts';
import type { Schema } from './schema.ts';
import type { SqlSession } from './sql-session.ts';

/** Jobs, and small rows, that one transaction removes: a few ms of work. */
const JOBS_AT_ONCE = 20;
const ROWS_AT_ONCE = 500;

/** How long the id of a removed job is kept, in ms: 30 days. */
const TOMBSTONE_AGE = 30 * 24 * 3600 * 1000;

/** Removes jobs with all that hangs on them. Their tensors stay until they are swept as orphans. */
export class JobRemoval {
  readonly #reader: SqlSession;
  readonly #writes: GroupCommit;
  readonly #queries: ReturnType<typeof removalQueries>;

  constructor(reader: SqlSession, writes: GroupCommit) {
    this.#reader = reader;
    this.#writes = writes;
    this.#queries = removalQueries(reader.kysely);
  }

  /** @returns false when there is no such job or it has not ended. */
  async remove(session: SqlSession, id: string, now: number): Promise<boolean> {
    if ((await session.changes(this.#queries.remove.bind({ id }))) === 0) return false;
    await session.changes(this.#queries.bury.bind({ id, now }));
    await session.changes(this.#queries.freeKey.bind({ id }));
    return true;
  }

  /** @returns how many jobs were removed. */
  async retain(limits: RetentionLimits): Promise<number> {
    let removed = 0;
    // Asked outside of a transaction first: most of the time there is nothing to do.
    while ((await this.#doomed(this.#reader, limits)).length > 0) {
      removed += await this.#writes.write((session) => this.#removeSome(session, limits));
      await setImmediate();
    }
    const { now } = limits;
    await this.#dropAll((session) => session.changes(this.#queries.dropKeys.bind({ now })));
    const before = now - TOMBSTONE_AGE;
    await this.#dropAll((session) => session.changes(this.#queries.dropTombstones.bind({ before })));
    return removed;
  }

  async #removeSome(session: SqlSession, limits: RetentionLimits): Promise<number> {
    const doomed = await this.#doomed(session, limits);
    for (const id of doomed) await this.remove(session, id, limits.now);
    return doomed.length;
  }

  async #dropAll(dropSome: (session: SqlSession) => Promise<number>): Promise<void> {
    while ((await this.#writes.write(dropSome)) === ROWS_AT_ONCE) await setImmediate();
  }

  /** The next jobs to remove: those past their time, or else the oldest ones over the limits. */
  async #doomed(session: SqlSession, { now, maxJobs, maxBytes }: RetentionLimits): Promise<string[]> {
    const expired = await session.rows(this.#queries.expired.bind({ now }));
    if (expired.length > 0) return expired.map(({ id }) => id);
    const ended = await session.row(this.#queries.ended.bind({}));
    const active = await session.row(this.#queries.active.bind({}));
    let jobs = Number(ended?.jobs ?? 0) + Number(active?.jobs ?? 0) - maxJobs;
    let bytes = Number(ended?.bytes ?? 0) + Number(active?.bytes ?? 0) - maxBytes;
    if (jobs <= 0 && bytes <= 0) return [];
    const doomed: string[] = [];
    for (const job of await session.rows(this.#queries.oldest.bind({}))) {
      if (jobs <= 0 && bytes <= 0) break;
      doomed.push(job.id);
      jobs -= 1;
      bytes -= job.bytes;
    }
    return doomed;
  }
}

function removalQueries(kysely: Kysely<Schema>) {
  const totals = kysely
    .selectFrom('jobs')
    .select((job) => [job.fn.countAll<number>().as('jobs'), job.fn.sum<number | null>('bytes').as('bytes')]);
  return {
    remove: prepare<{ id: string }>()((value) =>
      kysely.deleteFrom('jobs').where('id', '=', value('id')).where('finished_at', 'is not', null),
    ),
    bury: prepare<{ id: string; now: number }>()((value) =>
      kysely
        .insertInto('removed_jobs')
        .values({ id: value('id'), removed_at: value('now') })
        .onConflict((conflict) => conflict.column('id').doUpdateSet({ removed_at: value('now') })),
    ),
    freeKey: prepare<{ id: string }>()((value) =>
      kysely.deleteFrom('idempotency').where('job_id', '=', value('id')),
    ),
    expired: prepare<{ now: number }>()((value) =>
      kysely
        .selectFrom('jobs')
        .select('id')
        .where('finished_at', 'is not', null)
        .where('expires_at', '<=', value('now'))
        .orderBy('expires_at')
        .limit(JOBS_AT_ONCE),
    ),
    // Two sums rather than one, so that each is read from an index and not from the rows.
    ended: prepare<Record<string, never>>()(() => totals.where('finished_at', 'is not', null)),
    active: prepare<Record<string, never>>()(() => totals.where('finished_at', 'is', null)),
    oldest: prepare<Record<string, never>>()(() =>
      kysely
        .selectFrom('jobs')
        .select(['id', 'bytes'])
        .where('finished_at', 'is not', null)
        .orderBy('created_at')
        .orderBy('id')
        .limit(JOBS_AT_ONCE),
    ),
    ...dropQueries(kysely),
  };
}

function dropQueries(kysely: Kysely<Schema>) {
  return {
    dropKeys: prepare<{ now: number }>()((value) =>
      kysely
        .deleteFrom('idempotency')
        .where((row) =>
          row(
            row.refTuple('client', 'key'),
            'in',
            row
              .selectFrom('idempotency as over')
              .select(['over.client', 'over.key'])
              .where('over.expires_at', '<=', value('now'))
              .limit(ROWS_AT_ONCE)
              .$asTuple('client', 'key'),
          ),
        ),
    ),
    dropTombstones: prepare<{ before: number }>()((value) =>
      kysely
        .deleteFrom('removed_jobs')
        .where('id', 'in', (row) =>
          row
            .selectFrom('removed_jobs as old')
            .select('old.id')
            .where('old.removed_at', '<=', value('before'))
            .limit(ROWS_AT_ONCE),
        ),
    ),
  };
}
