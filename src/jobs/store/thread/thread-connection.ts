import type { Worker } from 'node:worker_threads';
import { GradcheckError } from '../../../errors/catalogue.ts';
import { startThread } from '../../../threads/start-thread.ts';
import type { WorkerFile } from '../../../threads/worker-file.ts';
import type { Log } from '../../log.ts';
import { errorOf } from './failure.ts';
import {
  type Answer,
  type ArgumentsOf,
  type Call,
  type CallMessage,
  type MethodOf,
  OPENING,
  type ResultOf,
  type ServedStore,
  type ThreadMessage,
  type ThreadStart,
} from './thread-message.ts';

export interface ThreadConnectionOptions {
  readonly worker: WorkerFile;
  readonly start: ThreadStart;
  readonly clock: () => number;
  readonly log: Log | undefined;
}

interface PendingCall {
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/** One thread that serves a store, from its start to its end. It holds the process up only while it owes an answer. */
export class ThreadConnection {
  /** Resolves once calls are taken. Rejects with what the store could not be opened for; the thread has ended then. */
  readonly opened: Promise<void>;
  /** Resolves when the thread has ended and every call is settled, with the reason. */
  readonly ended: Promise<GradcheckError>;
  readonly #options: ThreadConnectionOptions;
  readonly #thread: Worker;
  readonly #pending = new Map<number, PendingCall>();
  #calls: Call[] = [];
  #moved: ArrayBuffer[] = [];
  #made = OPENING;
  /** Why nothing more is answered. */
  #end: GradcheckError | undefined;

  constructor(options: ThreadConnectionOptions) {
    this.#options = options;
    this.#thread = startThread(options.worker, 'store', options.start);
    this.ended = new Promise((resolve) => {
      this.#thread.once('exit', (code) => {
        resolve(this.#break(`it exited with ${code}`));
      });
    });
    this.opened = this.#open();
    this.#thread.on('message', (message: ThreadMessage) => this.#hear(message));
    this.#thread.on('error', (error) => this.#break(String(error), error));
    // An answer that cannot be read would leave its call without one.
    this.#thread.on('messageerror', (error) => {
      this.#break(String(error), error);
      void this.terminate();
    });
  }

  /**
   * Calls a method of the store. Calls made in one turn of the event loop are sent together at its end.
   * @param moved a buffer among the arguments that is given away rather than copied
   * @throws GradcheckError what the store threw, or `storage-failed` when the thread ends before it has answered: what
   *   was to be written may or may not be there then
   */
  call<P extends keyof ServedStore, M extends MethodOf<P>>(
    part: P,
    method: M,
    args: ArgumentsOf<P, M>,
    moved?: ArrayBuffer,
  ): Promise<ResultOf<P, M>> {
    if (this.#end !== undefined) return Promise.reject(this.#end);
    if (this.#calls.length === 0) setImmediate(() => this.#flush());
    this.#made += 1;
    this.#calls.push([this.#made, part, method, args]);
    if (moved !== undefined) this.#moved.push(moved);
    return this.#expect(this.#made);
  }

  /** Whether no call is answered any more. */
  get hasEnded(): boolean {
    return this.#end !== undefined;
  }

  /** Ends the thread whatever it does. */
  async terminate(): Promise<void> {
    this.#break('it was told to');
    await this.#thread.terminate();
  }

  async #open(): Promise<void> {
    try {
      await this.#expect(OPENING);
    } catch (error) {
      await this.terminate();
      throw error;
    }
  }

  #expect<T>(number: number): Promise<T> {
    if (this.#pending.size === 0) this.#thread.ref();
    return new Promise<T>((resolve, reject) => {
      this.#pending.set(number, { resolve, reject });
    });
  }

  #flush(): void {
    const message: CallMessage = { now: this.#options.clock(), calls: this.#calls };
    const moved = this.#moved;
    this.#calls = [];
    this.#moved = [];
    this.#thread.postMessage(message, moved);
  }

  #hear(message: ThreadMessage): void {
    if (message.kind === 'log') this.#options.log?.[message.level](message.details, message.message);
    else for (const answer of message.answers) this.#settle(answer);
    if (this.#pending.size === 0) this.#thread.unref();
  }

  #settle([number, value, failure]: Answer): void {
    const call = this.#pending.get(number);
    this.#pending.delete(number);
    if (failure === undefined) call?.resolve(value);
    else call?.reject(errorOf(failure));
  }

  /** The first reason counts: an error is followed by the thread's end. */
  #break(reason: string, cause?: unknown): GradcheckError {
    const end =
      this.#end ??
      new GradcheckError('storage-failed', `The thread of the store has ended: ${reason}.`, { cause });
    this.#end = end;
    for (const call of this.#pending.values()) call.reject(end);
    this.#pending.clear();
    return end;
  }
}
