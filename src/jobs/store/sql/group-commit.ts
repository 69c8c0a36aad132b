import { setImmediate, setTimeout } from 'node:timers/promises';
import { GradcheckError } from '../../../errors/catalogue.ts';
import { CHUNK_BYTES } from '../tensor-store.ts';
import type { SqlDatabase } from './sql-database.ts';
import type { SqlSession } from './sql-session.ts';

/** A transaction takes at most this many writes, or a chunk's bytes, so that it holds the event loop for a few ms. */
const MAX_WRITES = 128;
const MAX_BYTES = CHUNK_BYTES;

/** How long a group is waited for to grow, in ms, when the one before it had writes of several. */
const GATHER_MS = 2;

interface QueuedWrite {
  readonly bytes: number;
  /** Runs the write's statements. @returns what resolves its promise once the transaction is committed. */
  run(session: SqlSession): Promise<() => void>;
  reject(error: unknown): void;
}

/**
 * The one way to write. A commit waits for the disk (0.2 to 0.4 ms on an SSD), so all writes that wait are committed
 * in one transaction: in the order they were asked for, each promise resolving after the commit. A lone write is
 * committed at the end of the same turn of the event loop; where several have come together, more are waited for a
 * moment, as PostgreSQL does with its `commit_delay`: a page that many writes change is written once for all of them.
 *
 * Should a write of a group fail, the transaction is rolled back and every write of it gets a transaction of its
 * own, so that one cannot spoil the others. A write may therefore run twice and must depend on nothing but its
 * inputs and the database. Savepoints would cost every write two statements, and would not outlive a full disk.
 */
export class GroupCommit {
  readonly #database: SqlDatabase;
  readonly #waiting: QueuedWrite[] = [];
  #draining: Promise<void> | undefined;
  /** Whether the last group had writes of several. */
  #crowded = false;
  #closed = false;

  constructor(database: SqlDatabase) {
    this.#database = database;
  }

  /** @param bytes - roughly how much is written, when it is much. */
  write<T>(work: (session: SqlSession) => Promise<T>, bytes = 0): Promise<T> {
    if (this.#closed) return Promise.reject(new GradcheckError('storage-failed', 'The store is closed.'));
    return new Promise((resolve, reject) => {
      const run = async (session: SqlSession) => {
        const value = await work(session);
        return () => resolve(value);
      };
      this.#waiting.push({ bytes, run, reject });
      this.#draining ??= this.#drain();
    });
  }

  /** Commits what waits; later writes are refused. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#draining;
  }

  async #drain(): Promise<void> {
    await this.#gather();
    while (this.#waiting.length > 0) {
      const group = this.#takeGroup();
      this.#crowded = group.length > 1;
      await this.#commitGroup(group);
      await this.#settle(group);
      await this.#gather();
    }
    this.#draining = undefined;
  }

  /**
   * Every chunk of a large tensor is moved to its place in a turn of the event loop of its own: 2 to 3 ms, where the
   * database would do so for several at once at the end of a commit, and hold the loop for 15 to 30 ms.
   */
  async #settle(group: readonly QueuedWrite[]): Promise<void> {
    if (group.reduce((sum, { bytes }) => sum + bytes, 0) < MAX_BYTES) return;
    await setImmediate();
    await this.#database.checkpoint();
  }

  /** setImmediate comes after the sockets have been read: what they brought in one turn is one group at least. */
  async #gather(): Promise<void> {
    if (this.#crowded) await setTimeout(GATHER_MS);
    else await setImmediate();
  }

  #takeGroup(): QueuedWrite[] {
    let bytes = 0;
    let count = 0;
    while (count < this.#waiting.length && count < MAX_WRITES && bytes < MAX_BYTES) {
      bytes += this.#waiting[count].bytes;
      count++;
    }
    return this.#waiting.splice(0, count);
  }

  async #commitGroup(group: readonly QueuedWrite[]): Promise<void> {
    let begun = false;
    try {
      const resolvers = await this.#database.transaction(async (session) => {
        begun = true;
        const list: (() => void)[] = [];
        for (const write of group) list.push(await write.run(session));
        return list;
      });
      for (const resolve of resolvers) resolve();
    } catch (error) {
      if (begun && group.length > 1) await this.#commitEach(group);
      else for (const write of group) write.reject(error);
    }
  }

  async #commitEach(group: readonly QueuedWrite[]): Promise<void> {
    for (const write of group) {
      await this.#commitGroup([write]);
      await setImmediate();
    }
  }
}
