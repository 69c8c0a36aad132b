import type { Kysely } from 'kysely';
import { GradcheckError } from '../../../errors/catalogue.ts';
import type { Log } from '../../log.ts';
import { migrations } from './migrations.ts';
import type { Schema } from './schema.ts';
import type { SqlDatabase } from './sql-database.ts';

/**
 * Brings the tables to the schema that this program knows, in one transaction; harmless when they have it, also
 * when two processes start at once.
 * @throws GradcheckError `storage-failed` when a later program made the tables.
 */
export async function migrate(database: SqlDatabase, log?: Log): Promise<void> {
  if ((await storedVersion(database.kysely)) === migrations.length) return;
  await database.transaction(async ({ kysely }) => {
    const from = await storedVersion(kysely);
    if (from > migrations.length) throw newerSchema(from);
    if (from === 0) await createState(kysely);
    for (const migration of migrations.slice(from)) await migration(kysely, database.dialect);
    await kysely.updateTable('store_state').set({ schema_version: migrations.length }).execute();
    if (from < migrations.length) log?.info({ from, to: migrations.length }, 'store schema migrated');
  });
}

/** 0 for a database without tables. */
async function storedVersion(kysely: Kysely<Schema>): Promise<number> {
  const tables = await kysely.introspection.getTables();
  if (!tables.some(({ name }) => name === 'store_state')) return 0;
  const state = await kysely.selectFrom('store_state').select('schema_version').executeTakeFirst();
  return state?.schema_version ?? 0;
}

async function createState(kysely: Kysely<Schema>): Promise<void> {
  await kysely.schema
    .createTable('store_state')
    .addColumn('id', 'integer', (column) => column.primaryKey().notNull())
    .addColumn('schema_version', 'integer', (column) => column.notNull())
    .addColumn('pinged_at', 'bigint', (column) => column.notNull())
    .execute();
  await kysely.insertInto('store_state').values({ id: 1, schema_version: 0, pinged_at: 0 }).execute();
}

function newerSchema(version: number): GradcheckError {
  const detail = `The store has schema ${version}; this program knows up to ${migrations.length}. Run the newer program.`;
  return new GradcheckError('storage-failed', detail);
}
