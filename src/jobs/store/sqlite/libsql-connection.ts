import type { SqliteDatabase, SqliteStatement } from 'kysely';
import type Libsql from 'libsql';

/**
 * A libsql connection as kysely wants one. Statements are kept, since preparing one costs as much as running it; the
 * store has a fixed number of them.
 */
export class LibsqlConnection implements SqliteDatabase {
  readonly #database: Libsql.Database;
  readonly #statements = new Map<string, LibsqlStatement>();

  constructor(database: Libsql.Database) {
    this.#database = database;
  }

  prepare(sql: string): SqliteStatement {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = new LibsqlStatement(this.#database.prepare(sql));
    this.#statements.set(sql, statement);
    return statement;
  }

  /** libsql keeps the file open until its statements are collected, so the write-ahead log is emptied here. */
  close(): void {
    this.#statements.clear();
    try {
      this.#database.pragma('wal_checkpoint(TRUNCATE)');
    } catch {
      // A full or read-only disk, or another process at work: the log is read by whoever opens the file next.
    }
    this.#database.close();
  }
}

class LibsqlStatement implements SqliteStatement {
  readonly reader: boolean;
  readonly #statement: Libsql.Statement;

  constructor(statement: Libsql.Statement) {
    this.#statement = statement;
    this.reader = statement.reader;
  }

  all(parameters: readonly unknown[]): unknown[] {
    return this.#statement.all(bindable(parameters));
  }

  run(parameters: readonly unknown[]): { changes: number; lastInsertRowid: number | bigint } {
    return this.#statement.run(bindable(parameters));
  }

  iterate(parameters: readonly unknown[]): IterableIterator<unknown> {
    return this.#statement.iterate(bindable(parameters));
  }
}

/**
 * libsql 0.5 ends the whole process when a boolean, or a Buffer that is not in an array, is bound, and keeps the
 * value of the run before when one is missing. So what is bound is looked at here.
 */
function bindable(parameters: readonly unknown[]): unknown[] {
  for (const value of parameters) {
    const isBindable =
      typeof value === 'string' || typeof value === 'number' || value === null || value instanceof Uint8Array;
    if (!isBindable) throw new TypeError(`A value of type ${typeof value} cannot be bound.`);
  }
  return [...parameters];
}
