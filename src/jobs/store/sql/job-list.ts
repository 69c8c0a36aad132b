import { type Expression, expressionBuilder, type Kysely, type SqlBool } from 'kysely';
import type { JobFilter, JobPage } from '../job-store.ts';
import { formatCursor, type PageCursor, parseCursor } from '../page-cursor.ts';
import { fromJobRow } from './job-row.ts';
import type { JobRow, Schema } from './schema.ts';
import type { SqlSession } from './sql-session.ts';

/**
 * A page of jobs, newest first, read in order from the index that fits the filter. Paging is by key, not by offset,
 * so that inserts and removals move nothing.
 */
export async function listJobs(
  session: SqlSession,
  filter: JobFilter,
  limit: number,
  after?: string,
): Promise<JobPage> {
  const cursor = after === undefined ? undefined : parseCursor(after);
  const rows = await jobRows(session, filter, limit + 1, cursor);
  const jobs = rows.slice(0, limit).map(fromJobRow);
  const last = jobs.at(-1);
  return rows.length > limit && last !== undefined ? { jobs, next: formatCursor(last) } : { jobs };
}

function jobRows(
  session: SqlSession,
  filter: JobFilter,
  limit: number,
  cursor?: PageCursor,
): Promise<JobRow[]> {
  const { kysely } = session;
  if (filter.label === undefined) return session.rows(allJobs(kysely, filter, cursor).limit(limit).compile());
  return session.rows(labelledJobs(kysely, filter, filter.label, cursor).limit(limit).compile());
}

function allJobs(kysely: Kysely<Schema>, filter: JobFilter, cursor?: PageCursor) {
  const row = expressionBuilder<Schema, 'jobs'>();
  const conditions = stateConditions(filter);
  if (cursor !== undefined) {
    const place = row.tuple(cursor.createdAt, cursor.id);
    conditions.push(row(row.refTuple('jobs.created_at', 'jobs.id'), '<', place));
  }
  return kysely
    .selectFrom('jobs')
    .selectAll('jobs')
    .where(row.and(conditions))
    .orderBy('jobs.created_at', 'desc')
    .orderBy('jobs.id', 'desc');
}

function labelledJobs(
  kysely: Kysely<Schema>,
  filter: JobFilter,
  label: NonNullable<JobFilter['label']>,
  cursor?: PageCursor,
) {
  const row = expressionBuilder<Schema, 'jobs' | 'job_labels'>();
  const conditions = stateConditions(filter);
  conditions.push(row('job_labels.key', '=', JSON.stringify(label.key)));
  conditions.push(row('job_labels.value', '=', JSON.stringify(label.value)));
  if (cursor !== undefined) {
    const place = row.tuple(cursor.createdAt, cursor.id);
    conditions.push(row(row.refTuple('job_labels.created_at', 'job_labels.job_id'), '<', place));
  }
  return kysely
    .selectFrom('job_labels')
    .innerJoin('jobs', 'jobs.id', 'job_labels.job_id')
    .selectAll('jobs')
    .where(row.and(conditions))
    .orderBy('job_labels.created_at', 'desc')
    .orderBy('job_labels.job_id', 'desc');
}

function stateConditions({ status, verdict }: JobFilter): Expression<SqlBool>[] {
  const row = expressionBuilder<Schema, 'jobs'>();
  const conditions: Expression<SqlBool>[] = [];
  if (status !== undefined) conditions.push(row('jobs.status', '=', status));
  if (verdict !== undefined) conditions.push(row('jobs.verdict', '=', verdict));
  return conditions;
}
