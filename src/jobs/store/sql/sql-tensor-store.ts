import { setImmediate } from 'node:timers/promises';
import { GradcheckError } from '../../../errors/catalogue.ts';
import { floatsOf } from '../float-bytes.ts';
import { chunkBytes, chunkCount, chunkOf, overlapOf, tensorId } from '../tensor-chunks.ts';
import type { BegunPut, TensorStore } from '../tensor-store.ts';
import type { GroupCommit } from './group-commit.ts';
import type { SqlSession } from './sql-session.ts';
import { tensorQueries } from './tensor-queries.ts';

/** Chunks that one transaction of a sweep removes: about 2 ms of work. */
const CHUNKS_AT_ONCE = 4;
/** Tensors that one read of a sweep looks at. */
const TENSORS_AT_ONCE = 256;
/** How often a put may start again because a sweep took what it was putting. */
const PUT_ATTEMPTS = 3;

/**
 * Tensors in two tables. A tensor's row says `complete = 0` until the transaction of its last chunk, so that a put
 * cut short by a crash leaves nothing that looks whole; the next put of the same content finishes it.
 */
export class SqlTensorStore implements TensorStore {
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

  async put(values: Float64Array): Promise<string> {
    const { id, stored } = await this.begin(values);
    await stored;
    return id;
  }

  async begin(values: Float64Array): Promise<BegunPut> {
    const id = await tensorId(values);
    return { id, stored: this.#store(id, values) };
  }

  async #store(id: string, values: Float64Array): Promise<void> {
    for (let attempt = 0; attempt < PUT_ATTEMPTS; attempt++) {
      if (await this.#putAll(id, values)) return;
    }
    throw new GradcheckError('storage-failed', `Tensor ${id} was swept again and again while it was put.`);
  }

  async get(id: string, target?: Float64Array): Promise<Float64Array | undefined> {
    const length = await this.#lengthOf(id);
    if (length === undefined) return undefined;
    if (target !== undefined && target.length !== length) {
      throw new RangeError(`The target has ${target.length} values, the tensor ${length}.`);
    }
    return this.#read(id, 0, length, target ?? new Float64Array(length));
  }

  async slice(id: string, start: number, count: number): Promise<Float64Array | undefined> {
    const length = await this.#lengthOf(id);
    if (length === undefined) return undefined;
    const from = Math.min(start, length);
    const to = Math.min(from + count, length);
    return this.#read(id, from, to, new Float64Array(to - from));
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

  /** @returns false when a sweep has taken a part of it meanwhile. */
  async #putAll(id: string, values: Float64Array): Promise<boolean> {
    const chunks = chunkCount(values.byteLength);
    const firstBytes = Math.min(values.byteLength, chunkBytes(values, 0).byteLength);
    if (await this.#writes.write((session) => this.#putFirst(session, id, values), firstBytes)) return true;
    for (let position = 1; position < chunks; position++) {
      const put = (session: SqlSession) => this.#putNext(session, id, values, position);
      if (!(await this.#writes.write(put, chunkBytes(values, position).byteLength))) return false;
    }
    return chunks > 1;
  }

  /** Puts the row and the first chunk. @returns whether the tensor is whole with that. */
  async #putFirst(session: SqlSession, id: string, values: Float64Array): Promise<boolean> {
    const now = this.#clock();
    if ((await session.changes(this.#queries.touchWhole.bind({ id, now }))) === 1) return true;
    const chunks = chunkCount(values.byteLength);
    await session.changes(this.#queries.begin.bind({ id, bytes: values.byteLength, chunks, now }));
    if (chunks > 0) await this.#putChunk(session, id, values, 0);
    return chunks <= 1 && this.#complete(session, id);
  }

  /** Puts a later chunk, and with the last one completes the tensor. @returns false when a sweep was there. */
  async #putNext(session: SqlSession, id: string, values: Float64Array, position: number): Promise<boolean> {
    const touch = this.#queries.touch.bind({ id, now: this.#clock() });
    if ((await session.changes(touch)) === 0) return false;
    await this.#putChunk(session, id, values, position);
    return position < chunkCount(values.byteLength) - 1 || this.#complete(session, id);
  }

  async #putChunk(session: SqlSession, id: string, values: Float64Array, position: number): Promise<void> {
    const data = chunkBytes(values, position);
    await session.changes(this.#queries.putChunk.bind({ id, position, data }));
  }

  async #complete(session: SqlSession, id: string): Promise<boolean> {
    return (await session.changes(this.#queries.complete.bind({ id }))) === 1;
  }

  async #lengthOf(id: string): Promise<number | undefined> {
    const tensor = await this.#reader.row(this.#queries.bytes.bind({ id }));
    return tensor === undefined ? undefined : tensor.bytes / Float64Array.BYTES_PER_ELEMENT;
  }

  /** Reads the values `start` to `end` (exclusive) into `target`. @returns undefined when a chunk is gone. */
  async #read(
    id: string,
    start: number,
    end: number,
    target: Float64Array,
  ): Promise<Float64Array | undefined> {
    let filled = 0;
    for (let position = chunkOf(start); filled < end - start; position++) {
      if (filled > 0) await setImmediate();
      const chunk = await this.#reader.row(this.#queries.chunk.bind({ id, position }));
      if (chunk === undefined) return undefined;
      const { from, to } = overlapOf(position, start, end);
      target.set(floatsOf(chunk.data).subarray(from, to), filled);
      filled += to - from;
    }
    return target;
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
