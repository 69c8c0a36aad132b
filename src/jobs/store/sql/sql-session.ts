import type { CompiledQuery, Kysely } from 'kysely';
import type { GradcheckError } from '../../../errors/catalogue.ts';
import type { Schema } from './schema.ts';

/** Runs queries, in a transaction or outside of one. Every method throws a `GradcheckError` that says what broke. */
export class SqlSession {
  readonly kysely: Kysely<Schema>;
  readonly #failure: (error: unknown) => GradcheckError;

  constructor(kysely: Kysely<Schema>, failure: (error: unknown) => GradcheckError) {
    this.kysely = kysely;
    this.#failure = failure;
  }

  async rows<R>(query: CompiledQuery<R>): Promise<R[]> {
    try {
      return (await this.kysely.executeQuery(query)).rows;
    } catch (error) {
      throw this.#failure(error);
    }
  }

  /** The first row, if there is one. */
  async row<R>(query: CompiledQuery<R>): Promise<R | undefined> {
    return (await this.rows(query))[0];
  }

  /** How many rows a statement changed. */
  async changes<R>(query: CompiledQuery<R>): Promise<number> {
    try {
      return Number((await this.kysely.executeQuery(query)).numAffectedRows ?? 0);
    } catch (error) {
      throw this.#failure(error);
    }
  }
}
