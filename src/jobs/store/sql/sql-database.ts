import { setTimeout } from 'node:timers/promises';
import { CompiledQuery, Kysely } from 'kysely';
import { GradcheckError } from '../../../errors/catalogue.ts';
import type { Schema } from './schema.ts';
import type { SqlDialect } from './sql-dialect.ts';
import { SqlSession } from './sql-session.ts';

/** How long to wait for another process's transaction, and how long between two looks, in ms. */
const BUSY_LIMIT = 5_000;
const BUSY_PAUSE = 5;

const COMMIT = CompiledQuery.raw('commit');
const ROLLBACK = CompiledQuery.raw('rollback');

type Attempt<T> = { readonly kind: 'committed'; readonly value: T } | { readonly kind: 'busy' };

/** A database with its transactions. Reads outside of a transaction go to `reader`. */
export class SqlDatabase {
  readonly dialect: SqlDialect;
  readonly kysely: Kysely<Schema>;
  readonly reader: SqlSession;
  readonly #begin: CompiledQuery;

  constructor(dialect: SqlDialect) {
    this.dialect = dialect;
    this.kysely = new Kysely<Schema>({ dialect: dialect.kysely });
    this.reader = this.#session(this.kysely);
    this.#begin = CompiledQuery.raw(dialect.begin);
  }

  /**
   * Runs `work` in one writing transaction; it is rolled back when `work` or the commit fails. While another process
   * writes, this waits without holding the event loop or the connection.
   */
  async transaction<T>(work: (session: SqlSession) => Promise<T>): Promise<T> {
    const giveUpAt = performance.now() + BUSY_LIMIT;
    for (;;) {
      const attempt = await this.#attempt(work);
      if (attempt.kind === 'committed') return attempt.value;
      if (performance.now() > giveUpAt) {
        throw new GradcheckError('storage-failed', `Another process has been writing for ${BUSY_LIMIT} ms.`);
      }
      await setTimeout(BUSY_PAUSE);
    }
  }

  /** Moves what was committed to its place; what stands in the way now does not the next time. */
  async checkpoint(): Promise<void> {
    const { checkpoint } = this.dialect;
    if (checkpoint === undefined) return;
    try {
      await this.kysely.executeQuery(CompiledQuery.raw(checkpoint));
    } catch {
      // Nothing is lost: it was committed. A disk that is full fails the next write, which says so.
    }
  }

  async close(): Promise<void> {
    await this.kysely.destroy();
  }

  #session(kysely: Kysely<Schema>): SqlSession {
    return new SqlSession(kysely, (error) => this.dialect.failure(error));
  }

  async #attempt<T>(work: (session: SqlSession) => Promise<T>): Promise<Attempt<T>> {
    try {
      return await this.kysely.connection().execute(async (connection) => {
        try {
          await connection.executeQuery(this.#begin);
        } catch (error) {
          if (this.dialect.isBusy(error)) return { kind: 'busy' };
          throw error;
        }
        try {
          const value = await work(this.#session(connection));
          await connection.executeQuery(COMMIT);
          return { kind: 'committed', value };
        } catch (error) {
          await rollBack(connection);
          throw error;
        }
      });
    } catch (error) {
      throw this.dialect.failure(error);
    }
  }
}

async function rollBack(connection: Kysely<Schema>): Promise<void> {
  try {
    await connection.executeQuery(ROLLBACK);
  } catch {
    // SQLite has rolled back by itself already after some errors, a full disk among them
    // (https://www.sqlite.org/lang_transaction.html, section 3); the error that matters is the first.
  }
}
