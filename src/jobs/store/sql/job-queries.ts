import type { Kysely } from 'kysely';
import { prepare } from './prepared-query.ts';
import type { Schema } from './schema.ts';

/** The statements that read jobs and what hangs on them, and the one that asks for a job's end. */
export function jobQueries(kysely: Kysely<Schema>) {
  return { ...rowQueries(kysely), ...partQueries(kysely) };
}

function rowQueries(kysely: Kysely<Schema>) {
  return {
    job: prepare<{ id: string }>()((value) =>
      kysely.selectFrom('jobs').selectAll().where('id', '=', value('id')),
    ),
    claimable: prepare<{ now: number; limit: number }>()((value) =>
      kysely
        .selectFrom('jobs')
        .selectAll()
        .where('finished_at', 'is', null)
        .where('lease_until', '<=', value('now'))
        .orderBy('created_at')
        .orderBy('id')
        .limit(value('limit')),
    ),
    backlog: prepare<Record<string, never>>()(() =>
      kysely
        .selectFrom('jobs')
        .select((job) => [
          job.fn.countAll<number>().as('jobs'),
          job.fn.sum<number | null>('work_seconds').as('work_seconds'),
        ])
        .where('finished_at', 'is', null),
    ),
    requestCancel: prepare<{ id: string }>()((value) =>
      kysely
        .updateTable('jobs')
        .set({ cancel_requested: 1 })
        .where('id', '=', value('id'))
        .where('finished_at', 'is', null),
    ),
    removed: prepare<{ id: string }>()((value) =>
      kysely.selectFrom('removed_jobs').select('id').where('id', '=', value('id')),
    ),
    idempotency: prepare<{ client: string; key: string; now: number }>()((value) =>
      kysely
        .selectFrom('idempotency')
        .select(['fingerprint', 'job_id', 'expires_at'])
        .where('client', '=', value('client'))
        .where('key', '=', value('key'))
        .where('expires_at', '>', value('now')),
    ),
  };
}

function partQueries(kysely: Kysely<Schema>) {
  return {
    payload: prepare<{ id: string }>()((value) =>
      kysely.selectFrom('payloads').select(['spec', 'numbers', 'tensors']).where('job_id', '=', value('id')),
    ),
    events: prepare<{ id: string; after: number; limit: number }>()((value) =>
      kysely
        .selectFrom('events')
        .select(['last', 'types', 'lines'])
        .where('job_id', '=', value('id'))
        .where('last', '>', value('after'))
        .orderBy('last')
        .limit(value('limit')),
    ),
    lastEvent: prepare<{ id: string }>()((value) =>
      kysely.selectFrom('jobs').select(['last_event', 'finished_at']).where('id', '=', value('id')),
    ),
    report: prepare<{ id: string }>()((value) =>
      kysely.selectFrom('reports').select('report').where('job_id', '=', value('id')),
    ),
    numeric: prepare<{ id: string }>()((value) =>
      kysely.selectFrom('reports').select(['numeric', 'numeric_tensor']).where('job_id', '=', value('id')),
    ),
  };
}
