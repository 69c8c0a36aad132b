import { setTimeout as sleep } from 'node:timers/promises';
import { GradcheckError } from '../../../errors/catalogue.ts';
import { ThreadConnection, type ThreadConnectionOptions } from './thread-connection.ts';
import type { ArgumentsOf, MethodOf, ResultOf, ServedStore } from './thread-message.ts';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

/**
 * Keeps a thread that serves a store. One that ends before it is told to is started again, with the store opened anew,
 * after a pause that grows for as long as it fails or ends again at once. Calls made meanwhile are refused like those
 * that it left unanswered: whoever can wait tries again (`StorageRetry`), and a client hears at once that it has to.
 */
export class StoreThread {
  readonly #options: ThreadConnectionOptions;
  readonly #stopping = new AbortController();
  readonly #kept: Promise<void>;
  /** The newest one that was opened; it refuses calls itself when it has ended. */
  #connection: ThreadConnection;
  #closing: Promise<void> | undefined;

  /** @throws GradcheckError as opening the store does. */
  static async start(options: ThreadConnectionOptions): Promise<StoreThread> {
    const connection = new ThreadConnection(options);
    await connection.opened;
    return new StoreThread(options, connection);
  }

  private constructor(options: ThreadConnectionOptions, connection: ThreadConnection) {
    this.#options = options;
    this.#connection = connection;
    this.#kept = this.#keep();
  }

  /** As `ThreadConnection.call`. */
  call<P extends keyof ServedStore, M extends MethodOf<P>>(
    part: P,
    method: M,
    args: ArgumentsOf<P, M>,
    moved?: ArrayBuffer,
  ): Promise<ResultOf<P, M>> {
    if (this.#closing !== undefined) {
      return Promise.reject(new GradcheckError('storage-failed', 'The store is closed.'));
    }
    return this.#connection.call(part, method, args, moved);
  }

  /** What was asked for is committed, then the thread is ended. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#stopping.abort();
    try {
      if (!this.#connection.hasEnded) await this.#connection.call('life', 'close', []);
    } finally {
      await this.#connection.terminate();
      await this.#kept;
    }
  }

  async #keep(): Promise<void> {
    const { log } = this.#options;
    let connection = this.#connection;
    let pause = FIRST_PAUSE_MS;
    for (;;) {
      const startedAt = performance.now();
      const err = await connection.ended;
      if (this.#stopping.signal.aborted) return;
      log?.error({ err }, 'the thread of the store has ended; it is started again');
      if (performance.now() - startedAt > LONGEST_PAUSE_MS) pause = FIRST_PAUSE_MS;
      await this.#sleep(pause);
      if (this.#stopping.signal.aborted) return;
      pause = Math.min(2 * pause, LONGEST_PAUSE_MS);
      connection = new ThreadConnection(this.#options);
      await this.#take(connection);
    }
  }

  /** Waits for a connection to be opened. If it cannot be, it has ended. */
  async #take(connection: ThreadConnection): Promise<void> {
    try {
      await connection.opened;
    } catch (err) {
      this.#options.log?.error({ err }, 'the store could not be opened again');
      return;
    }
    if (this.#stopping.signal.aborted) await connection.terminate();
    else this.#connection = connection;
  }

  async #sleep(ms: number): Promise<void> {
    await sleep(ms, undefined, { ref: false, signal: this.#stopping.signal }).catch(() => undefined);
  }
}
