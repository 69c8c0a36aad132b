import type { MessagePort } from 'node:worker_threads';
import { freeBuffer } from '../../../threads/free-buffer.ts';
import type { Log } from '../../log.ts';
import { openSqliteStore } from '../sqlite/open-sqlite-store.ts';
import { failureOf } from './failure.ts';
import {
  type Answer,
  type Call,
  type CallMessage,
  OPENING,
  type ServedStore,
  type ThreadMessage,
  type ThreadStart,
} from './thread-message.ts';

type Send = (message: ThreadMessage, moved?: ArrayBuffer[]) => void;

/** Opens the embedded store in this thread and serves it on a port. Calls are begun in the order in which they came. */
export function serveStore(port: MessagePort, { path }: ThreadStart): void {
  const send: Send = (message, moved) => port.postMessage(message, moved);
  const answers = new AnswerBatch(send);
  let now = 0;
  const opening = openSqliteStore({ path, log: logTo(send), clock: () => now });
  void answers.add(
    OPENING,
    opening.then((store) => {
      const served = { ...store, life: store };
      port.on('message', (message: CallMessage) => {
        now = message.now;
        for (const call of message.calls) void answers.add(call[0], run(served, call));
      });
    }),
  );
}

async function run(store: ServedStore, [, part, method, args]: Call): Promise<unknown> {
  try {
    return await Reflect.apply(Reflect.get(store[part], method), store[part], args);
  } finally {
    for (const buffer of buffersOf(args)) freeBuffer(buffer);
  }
}

/** Sends answers that become ready in one turn, such as those of a group of writes, together. */
class AnswerBatch {
  readonly #send: Send;
  #answers: Answer[] = [];
  #moved: ArrayBuffer[] = [];

  constructor(send: Send) {
    this.#send = send;
  }

  async add(number: number, value: Promise<unknown>): Promise<void> {
    const answer = await value.then(
      (value): Answer => [number, value],
      (error): Answer => [number, undefined, failureOf(error)],
    );
    // A tick comes once no promise is left to settle, and ahead of whatever would hold this thread next.
    if (this.#answers.length === 0) process.nextTick(() => this.#flush());
    this.#answers.push(answer);
    this.#moved.push(...buffersOf(answer[1]));
  }

  #flush(): void {
    this.#send({ kind: 'answers', answers: this.#answers }, this.#moved);
    this.#answers = [];
    this.#moved = [];
  }
}

/** The buffers of bytes that cross by themselves or in a list: whoever receives them has them alone. */
function buffersOf(value: unknown): ArrayBuffer[] {
  if (Array.isArray(value)) return value.flatMap(buffersOf);
  return value instanceof Uint8Array && value.buffer instanceof ArrayBuffer ? [value.buffer] : [];
}

function logTo(send: Send): Log {
  const logAt = (level: keyof Log) => (details: object, message: string) =>
    send({ kind: 'log', level, details, message });
  return { debug: logAt('debug'), info: logAt('info'), warn: logAt('warn'), error: logAt('error') };
}
