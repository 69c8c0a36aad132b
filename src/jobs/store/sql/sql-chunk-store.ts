import { setImmediate } from 'node:timers/promises';
import type { ChunkStore } from '../chunk-store.ts';
import { chunkCount } from '../tensor-chunks.ts';
import type { GroupCommit } from './group-commit.ts';
import type { SqlSession } from './sql-session.ts';
import { tensorQueries } from './tensor-queries.ts';

/** Chunks that one transaction of a sweep removes: about 2 ms of work. */
const CHUNKS_AT_ONCE = 4;
/** Tensors that one read of a sweep looks at. */
const TENSORS_AT_ONCE = 256;

/**
 * Tensors in two tables. A tensor's row says `complete = 0` until the transaction of its last chunk, so that a put
 * cut short by a crash leaves nothing that looks whole; the next put of the same content finishes it.
 */
export class SqlChunkStore implements ChunkStore {
  readonly #reader: SqlSession;
  readonly #writes: GroupCommit;
  readonly #clock: () => number;
  readonly #queries: ReturnType<typeof tensorQueries>;

  constructor(reader: SqlSession, writes: GroupCommit, clock: () => number) {
    this.#reader = reader;
    this.#writes = writes;
    this.#clock = clock;
    this.#queries = tensorQueries(reader.kysely);
  }

  putFirst(id: string, bytes: number, chunk: Uint8Array): Promise<boolean> {
    return this.#writes.write(async (session) => {
      const now = this.#clock();
      if ((await session.changes(this.#queries.touchWhole.bind({ id, now }))) === 1) return true;
      const chunks = chunkCount(bytes);
      await session.changes(this.#queries.begin.bind({ id, bytes, chunks, now }));
      if (chunks > 0) await this.#putChunk(session, id, 0, chunk);
      return chunks <= 1 && this.#complete(session, id);
    }, chunk.byteLength);
  }

  putNext(id: string, bytes: number, position: number, chunk: Uint8Array): Promise<boolean> {
    return this.#writes.putOff(async (session) => {
      const touch = this.#queries.touch.bind({ id, now: this.#clock() });
      if ((await session.changes(touch)) === 0) return false;
      await this.#putChunk(session, id, position, chunk);
      return position < chunkCount(bytes) - 1 || this.#complete(session, id);
    }, chunk.byteLength);
  }

  async bytesOf(id: string): Promise<number | undefined> {
    return (await this.#reader.row(this.#queries.bytes.bind({ id })))?.bytes;
  }

  async chunk(id: string, position: number): Promise<Uint8Array | undefined> {
    const row = await this.#reader.row(this.#queries.chunk.bind({ id, position }));
    return row && new Uint8Array(row.data);
  }

  async sweepOrphans(before: number): Promise<number> {
    let freed = 0;
    let after = '';
    for (;;) {
      const page = await this.#reader.rows(this.#queries.page.bind({ after, limit: TENSORS_AT_ONCE }));
      const orphans = page.filter(({ put_at, job_id }) => put_at < before && job_id === null);
      const sizes = await Promise.all(orphans.map((orphan) => this.#removeOrphan(orphan, before)));
      for (const size of sizes) freed += size;
      const last = page.at(-1);
      if (last === undefined || page.length < TENSORS_AT_ONCE) return freed;
      after = last.id;
      await setImmediate();
    }
  }

  async #putChunk(session: SqlSession, id: string, position: number, data: Uint8Array): Promise<void> {
    await session.changes(this.#queries.putChunk.bind({ id, position, data }));
  }

  async #complete(session: SqlSession, id: string): Promise<boolean> {
    return (await session.changes(this.#queries.complete.bind({ id }))) === 1;
  }

  /** Removes a tensor, some chunks at a time, unless it is put or named meanwhile. @returns the bytes freed. */
  async #removeOrphan(
    orphan: { id: string; bytes: number; chunks: number },
    before: number,
  ): Promise<number> {
    const { id } = orphan;
    for (let below = CHUNKS_AT_ONCE; ; below += CHUNKS_AT_ONCE) {
      const isLast = below >= orphan.chunks;
      const isOrphan = await this.#writes.write(async (session) => {
        if ((await session.changes(this.#queries.disuse.bind({ id, before }))) === 0) return false;
        await session.changes(this.#queries.dropChunks.bind({ id, below }));
        if (isLast) await session.changes(this.#queries.drop.bind({ id }));
        return true;
      });
      if (!isOrphan) return 0;
      if (isLast) return orphan.bytes;
    }
  }
}
