import type { ExpressionBuilder, Kysely, RawBuilder } from 'kysely';
import type { JobRecord } from '../../job-record.ts';
import type { Lease } from '../job-store.ts';
import { fromJobRow } from './job-row.ts';
import { prepare } from './prepared-query.ts';
import type { Schema } from './schema.ts';
import type { SqlSession } from './sql-session.ts';

/**
 * The condition that every write of an owner bears: the lease is the job's newest one. A job that has ended, or whose
 * lease was given back, has no owner.
 */
export function heldBy(jobId: RawBuilder<string>, owner: RawBuilder<string>, fence: RawBuilder<number>) {
  return (job: ExpressionBuilder<Schema, 'jobs'>) =>
    job.and([job('id', '=', jobId), job('owner', '=', owner), job('fence', '=', fence)]);
}

/** Takes, keeps and gives back the leases of jobs, and says when a job starts. */
export class JobLeases {
  readonly #queries: ReturnType<typeof leaseQueries>;

  constructor(kysely: Kysely<Schema>) {
    this.#queries = leaseQueries(kysely);
  }

  async acquire(
    session: SqlSession,
    wanted: {
      readonly id: string;
      readonly owner: string;
      readonly now: number;
      readonly leaseUntil: number;
    },
  ): Promise<{ lease: Lease; job: JobRecord } | undefined> {
    const row = await session.row(this.#queries.acquire.bind({ ...wanted }));
    if (row === undefined) return undefined;
    return { lease: { jobId: row.id, owner: wanted.owner, fence: row.fence }, job: fromJobRow(row) };
  }

  async renew(session: SqlSession, lease: Lease, leaseUntil: number): Promise<boolean> {
    return (await session.changes(this.#queries.renew.bind({ ...lease, leaseUntil }))) === 1;
  }

  async release(session: SqlSession, lease: Lease): Promise<boolean> {
    return (await session.changes(this.#queries.release.bind({ ...lease }))) === 1;
  }

  async start(session: SqlSession, lease: Lease, startedAt: number): Promise<boolean> {
    return (await session.changes(this.#queries.start.bind({ ...lease, startedAt }))) === 1;
  }
}

type LeaseValues = { jobId: string; owner: string; fence: number };

function leaseQueries(kysely: Kysely<Schema>) {
  return {
    acquire: prepare<{ id: string; owner: string; now: number; leaseUntil: number }>()((value) =>
      kysely
        .updateTable('jobs')
        .set((job) => ({
          owner: value('owner'),
          lease_until: value('leaseUntil'),
          fence: job('fence', '+', 1),
        }))
        .where('id', '=', value('id'))
        .where('finished_at', 'is', null)
        .where((job) => job.or([job('lease_until', '<=', value('now')), job('owner', '=', value('owner'))]))
        .returningAll(),
    ),
    renew: prepare<LeaseValues & { leaseUntil: number }>()((value) =>
      kysely
        .updateTable('jobs')
        .set({ lease_until: value('leaseUntil') })
        .where(heldBy(value('jobId'), value('owner'), value('fence'))),
    ),
    release: prepare<LeaseValues>()((value) =>
      kysely
        .updateTable('jobs')
        .set({ owner: null, lease_until: 0 })
        .where(heldBy(value('jobId'), value('owner'), value('fence'))),
    ),
    start: prepare<LeaseValues & { startedAt: number }>()((value) =>
      kysely
        .updateTable('jobs')
        .set((job) => ({ status: 'running', started_at: job.fn.coalesce('started_at', value('startedAt')) }))
        .where(heldBy(value('jobId'), value('owner'), value('fence'))),
    ),
  };
}
