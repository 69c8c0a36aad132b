import { type ColumnDefinitionBuilder, type Kysely, type SchemaModule, sql } from 'kysely';
import type { Schema } from './schema.ts';
import type { SqlDialect } from './sql-dialect.ts';

/** Brings the tables from the version before to the next. Once released, a migration is never changed. */
export type Migration = (kysely: Kysely<Schema>, dialect: SqlDialect) => Promise<void>;

/** The first entry makes version 1 out of nothing, the second makes version 2, and so on. */
export const migrations: readonly Migration[] = [createTables, tellPointsApart];

function required(column: ColumnDefinitionBuilder): ColumnDefinitionBuilder {
  return column.notNull();
}

/** What hangs on a job goes with the job's row. */
function ofJob(column: ColumnDefinitionBuilder): ColumnDefinitionBuilder {
  return column.notNull().references('jobs.id').onDelete('cascade');
}

async function createTables({ schema }: Kysely<Schema>, dialect: SqlDialect): Promise<void> {
  await createTensorTables(schema, dialect);
  await createJobTable(schema);
  await createJobParts(schema, dialect);
  await createKeyTables(schema);
}

async function createTensorTables(schema: SchemaModule, dialect: SqlDialect): Promise<void> {
  await schema
    .createTable('tensors')
    .addColumn('id', 'text', (column) => required(column).primaryKey())
    .addColumn('bytes', 'bigint', required)
    .addColumn('chunks', 'integer', required)
    .addColumn('complete', 'integer', required)
    .addColumn('put_at', 'bigint', required)
    .execute();
  await schema
    .createTable('tensor_chunks')
    .addColumn('tensor_id', 'text', (column) => column.notNull().references('tensors.id'))
    .addColumn('position', 'integer', required)
    .addColumn('data', dialect.bytesType, required)
    .addPrimaryKeyConstraint('tensor_chunks_key', ['tensor_id', 'position'])
    .execute();
}

async function createJobTable(schema: SchemaModule): Promise<void> {
  await schema
    .createTable('jobs')
    .addColumn('id', 'text', (column) => required(column).primaryKey())
    .addColumn('client', 'text', required)
    .addColumn('name', 'text')
    .addColumn('labels', 'text', required)
    .addColumn('status', 'text', required)
    .addColumn('verdict', 'text')
    .addColumn('error', 'text')
    .addColumn('stage', 'text', required)
    .addColumn('completed', 'bigint', required)
    .addColumn('total', 'bigint', required)
    .addColumn('components', 'bigint', required)
    .addColumn('work_seconds', 'double precision', required)
    .addColumn('created_at', 'bigint', required)
    .addColumn('started_at', 'bigint')
    .addColumn('finished_at', 'bigint')
    .addColumn('expires_at', 'bigint')
    .addColumn('owner', 'text')
    .addColumn('lease_until', 'bigint', required)
    .addColumn('fence', 'bigint', required)
    .addColumn('cancel_requested', 'integer', required)
    .addColumn('bytes', 'bigint', required)
    .addColumn('result_bytes', 'bigint', (column) => column.notNull().defaultTo(0))
    .addColumn('last_event', 'bigint', (column) => column.notNull().defaultTo(0))
    .execute();
  await createJobIndexes(schema);
}

/**
 * One index per question: a page, a page of one status or verdict, the jobs to do, the jobs to remove. Two hold the
 * column of their own condition, without which SQLite would not sum up from them alone.
 */
async function createJobIndexes(schema: SchemaModule): Promise<void> {
  const index = (name: string, columns: string[]) => schema.createIndex(name).on('jobs').columns(columns);
  await index('jobs_by_creation', ['created_at', 'id']).execute();
  await index('jobs_by_status', ['status', 'created_at', 'id']).execute();
  await index('jobs_by_verdict', ['verdict', 'created_at', 'id'])
    .where(sql.ref('verdict'), 'is not', null)
    .execute();
  await index('jobs_to_do', ['created_at', 'id', 'work_seconds', 'finished_at'])
    .where(sql.ref('finished_at'), 'is', null)
    .execute();
  await index('jobs_ended', ['created_at', 'id', 'bytes', 'finished_at'])
    .where(sql.ref('finished_at'), 'is not', null)
    .execute();
  await index('jobs_by_expiry', ['expires_at']).where(sql.ref('finished_at'), 'is not', null).execute();
}

async function createJobParts(schema: SchemaModule, dialect: SqlDialect): Promise<void> {
  await schema
    .createTable('payloads')
    .addColumn('job_id', 'text', (column) => ofJob(column).primaryKey())
    .addColumn('spec', 'text', required)
    .addColumn('numbers', dialect.bytesType)
    .addColumn('tensors', 'text')
    .execute();
  await schema
    .createTable('reports')
    .addColumn('job_id', 'text', (column) => ofJob(column).primaryKey())
    .addColumn('report', 'text', required)
    .addColumn('numeric', dialect.bytesType)
    .addColumn('numeric_tensor', 'text')
    .execute();
  await schema
    .createTable('job_labels')
    .addColumn('key', 'text', required)
    .addColumn('value', 'text', required)
    .addColumn('created_at', 'bigint', required)
    .addColumn('job_id', 'text', ofJob)
    .addPrimaryKeyConstraint('job_labels_key', ['key', 'value', 'created_at', 'job_id'])
    .execute();
  await schema.createIndex('job_labels_by_job').on('job_labels').columns(['job_id']).execute();
  await schema
    .createTable('job_tensors')
    .addColumn('job_id', 'text', ofJob)
    .addColumn('tensor_id', 'text', (column) => column.notNull().references('tensors.id'))
    .addPrimaryKeyConstraint('job_tensors_key', ['job_id', 'tensor_id'])
    .execute();
  await schema.createIndex('job_tensors_by_tensor').on('job_tensors').columns(['tensor_id']).execute();
  await createRunTables(schema, dialect);
}

async function createRunTables(schema: SchemaModule, dialect: SqlDialect): Promise<void> {
  await schema
    .createTable('shard_results')
    .addColumn('job_id', 'text', ofJob)
    .addColumn('stage', 'text', required)
    .addColumn('shard', 'bigint', required)
    .addColumn('bytes', 'bigint', required)
    .addColumn('result', dialect.bytesType, required)
    .addPrimaryKeyConstraint('shard_results_key', ['job_id', 'stage', 'shard'])
    .execute();
  await schema
    .createTable('events')
    .addColumn('job_id', 'text', ofJob)
    .addColumn('last', 'bigint', required)
    .addColumn('types', 'text', required)
    .addColumn('lines', 'text', required)
    .addPrimaryKeyConstraint('events_key', ['job_id', 'last'])
    .execute();
}

async function createKeyTables(schema: SchemaModule): Promise<void> {
  await schema
    .createTable('idempotency')
    .addColumn('client', 'text', required)
    .addColumn('key', 'text', required)
    .addColumn('fingerprint', 'text', required)
    .addColumn('job_id', 'text', required)
    .addColumn('expires_at', 'bigint', required)
    .addPrimaryKeyConstraint('idempotency_key', ['client', 'key'])
    .execute();
  await schema.createIndex('idempotency_by_job').on('idempotency').columns(['job_id']).execute();
  await schema.createIndex('idempotency_by_expiry').on('idempotency').columns(['expires_at']).execute();
  await schema
    .createTable('removed_jobs')
    .addColumn('id', 'text', (column) => required(column).primaryKey())
    .addColumn('removed_at', 'bigint', required)
    .execute();
  await schema.createIndex('removed_jobs_by_time').on('removed_jobs').columns(['removed_at']).execute();
}

/** The results of a job's points are told apart. Those that are there already are of jobs of one point. */
async function tellPointsApart(kysely: Kysely<Schema>, dialect: SqlDialect): Promise<void> {
  const { schema } = kysely;
  // A primary key cannot be changed in SQLite: the table is made anew.
  await schema.alterTable('shard_results').renameTo('shard_results_of_one_point').execute();
  await schema
    .createTable('shard_results')
    .addColumn('job_id', 'text', ofJob)
    .addColumn('point', 'integer', required)
    .addColumn('stage', 'text', required)
    .addColumn('shard', 'bigint', required)
    .addColumn('bytes', 'bigint', required)
    .addColumn('result', dialect.bytesType, required)
    .addPrimaryKeyConstraint('shard_results_by_point', ['job_id', 'point', 'stage', 'shard'])
    .execute();
  await sql`insert into shard_results (job_id, point, stage, shard, bytes, result)
    select job_id, 1, stage, shard, bytes, result from shard_results_of_one_point`.execute(kysely);
  await schema.dropTable('shard_results_of_one_point').execute();
}
