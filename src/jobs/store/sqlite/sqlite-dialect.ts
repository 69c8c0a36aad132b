import { SqliteDialect } from 'kysely';
import type Libsql from 'libsql';
import type { SqlDialect } from '../sql/sql-dialect.ts';
import { LibsqlConnection } from './libsql-connection.ts';
import { isBusy, sqliteFailure } from './sqlite-failure.ts';

/** SQLite through libsql, over one connection. */
export function sqliteDialect(database: Libsql.Database): SqlDialect {
  return {
    kysely: new SqliteDialect({ database: new LibsqlConnection(database) }),
    bytesType: 'blob',
    // Takes the write lock at once: a transaction that reads first and then writes would fail, not wait, when another
    // process has written in between (https://www.sqlite.org/lang_transaction.html).
    begin: 'begin immediate',
    checkpoint: 'pragma wal_checkpoint(passive)',
    isBusy,
    failure: sqliteFailure,
  };
}
