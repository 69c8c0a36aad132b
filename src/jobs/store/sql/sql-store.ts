import { GradcheckError } from '../../../errors/catalogue.ts';
import type { ChunkStore } from '../chunk-store.ts';
import { ChunkedTensorStore } from '../chunked-tensor-store.ts';
import type { JobStore, Store } from '../job-store.ts';
import type { ResultStore } from '../result-store.ts';
import type { TensorStore } from '../tensor-store.ts';
import { GroupCommit } from './group-commit.ts';
import { SqlChunkStore } from './sql-chunk-store.ts';
import type { SqlDatabase } from './sql-database.ts';
import { SqlJobStore } from './sql-job-store.ts';
import { SqlResultStore } from './sql-result-store.ts';

/** The store over an SQL database whose tables are there. */
export class SqlStore implements Store {
  readonly jobs: JobStore;
  readonly tensors: TensorStore;
  readonly chunks: ChunkStore;
  readonly results: ResultStore;
  readonly #database: SqlDatabase;
  readonly #writes: GroupCommit;
  readonly #clock: () => number;
  #closing: Promise<void> | undefined;

  /** @param clock - ms since 1970; says when tensors are put and jobs removed. */
  constructor(database: SqlDatabase, clock: () => number) {
    this.#database = database;
    this.#clock = clock;
    this.#writes = new GroupCommit(database);
    this.results = new SqlResultStore(database.reader, this.#writes);
    this.jobs = new SqlJobStore(database.reader, this.#writes, this.results, clock);
    this.chunks = new SqlChunkStore(database.reader, this.#writes, clock);
    this.tensors = new ChunkedTensorStore(this.chunks);
  }

  async ping(): Promise<void> {
    const written = await this.#writes.write(({ kysely }) =>
      kysely.updateTable('store_state').set({ pinged_at: this.#clock() }).executeTakeFirst(),
    );
    if (written.numUpdatedRows !== 1n) {
      throw new GradcheckError('storage-failed', 'The store has lost its state table.');
    }
  }

  /** Writes that were asked for are committed first. */
  async close(): Promise<void> {
    this.#closing ??= this.#writes.close().then(() => this.#database.close());
    await this.#closing;
  }
}
