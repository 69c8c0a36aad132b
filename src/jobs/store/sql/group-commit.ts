import { setImmediate } from 'node:timers/promises';
import { GradcheckError } from '../../../errors/catalogue.ts';
import { CHUNK_BYTES } from '../tensor-store.ts';
import type { SqlDatabase } from './sql-database.ts';
import type { SqlSession } from './sql-session.ts';

/** A transaction takes at most this many writes, or a chunk's bytes, so that what comes next waits for a few ms. */
const MAX_WRITES = 128;
const MAX_BYTES = CHUNK_BYTES;

interface QueuedWrite {
  readonly bytes: number;
  /** Runs the write's statements. @returns what resolves its promise once the transaction is committed. */
  run(session: SqlSession): Promise<() => void>;
  reject(error: unknown): void;
}

/**
 * The one way to write. A commit waits for the disk, so all writes that wait are committed in one transaction: in the
 * order they were asked for, each promise resolving after the commit. A lone write is committed at the end of the same
 * turn of the event loop; what comes in while a commit holds the thread is the next group.
 *
 * Large writes that nothing depends on yet are put off: they take turns with the others, one at a time, so that a
 * small write waits for one of them and not for all that an upload has brought.
 *
 * Should a write of a group fail, the transaction is rolled back and every write of it gets a transaction of its
 * own, so that one cannot spoil the others. A write may therefore run twice and must depend on nothing but its
 * inputs and the database. Savepoints would cost every write two statements, and would not outlive a full disk.
 */
export class GroupCommit {
  readonly #database: SqlDatabase;
  readonly #waiting: QueuedWrite[] = [];
  readonly #putOff: QueuedWrite[] = [];
  #draining: Promise<void> | undefined;
  #closed = false;

  constructor(database: SqlDatabase) {
    this.#database = database;
  }

  /** @param bytes - roughly how much is written, when it is much. */
  write<T>(work: (session: SqlSession) => Promise<T>, bytes = 0): Promise<T> {
    return this.#add(this.#waiting, work, bytes);
  }

  /** The same for a write that may come later than those asked for after it, except for others put off. */
  putOff<T>(work: (session: SqlSession) => Promise<T>, bytes: number): Promise<T> {
    return this.#add(this.#putOff, work, bytes);
  }

  /** Commits what waits; later writes are refused. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#draining;
  }

  #add<T>(queue: QueuedWrite[], work: (session: SqlSession) => Promise<T>, bytes: number): Promise<T> {
    if (this.#closed) return Promise.reject(new GradcheckError('storage-failed', 'The store is closed.'));
    return new Promise((resolve, reject) => {
      const run = async (session: SqlSession) => {
        const value = await work(session);
        return () => resolve(value);
      };
      queue.push({ bytes, run, reject });
      this.#draining ??= this.#drain();
    });
  }

  async #drain(): Promise<void> {
    await setImmediate();
    while (this.#waiting.length + this.#putOff.length > 0) {
      await this.#commit(this.#takeGroup());
      await this.#commit(this.#putOff.splice(0, 1));
    }
    this.#draining = undefined;
  }

  /**
   * Commits a group. Chunks are moved to their place one by one: the database would do so for several at the end of a
   * commit, and whoever waits for the next one would wait several times as long.
   */
  async #commit(group: readonly QueuedWrite[]): Promise<void> {
    await this.#commitGroup(group);
    if (group.reduce((sum, { bytes }) => sum + bytes, 0) < MAX_BYTES) return;
    // What has come in need not wait for that as well.
    await this.#commitGroup(this.#takeGroup());
    await this.#database.checkpoint();
    await setImmediate();
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
    if (group.length === 0) return;
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
    // Answers go out, and what came in meanwhile is taken in, before the next commit holds the thread.
    await setImmediate();
  }

  async #commitEach(group: readonly QueuedWrite[]): Promise<void> {
    for (const write of group) await this.#commitGroup([write]);
  }
}
