import { setTimeout as sleep } from 'node:timers/promises';
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { type Dispatcher, request } from 'undici';

/** An event stream as a client sees it. */
export interface EventStream {
  readonly status: number;
  readonly headers: Dispatcher.ResponseData['headers'];
  /** Everything heard so far. */
  readonly events: readonly EventSourceMessage[];
  readonly comments: readonly string[];
  readonly retries: readonly number[];
  /** Resolves when the service has ended the stream; rejects when the connection broke. */
  readonly ended: Promise<void>;
  /** Resolves with the first event of this type, now or later. */
  next(type: string): Promise<EventSourceMessage>;
  /** Goes away. */
  close(): void;
}

/** @param pauseMs how long the client rests after each piece it reads. */
export async function openEventStream(
  url: string,
  headers: Record<string, string> = {},
  { pauseMs = 0 } = {},
): Promise<EventStream> {
  const leaving = new AbortController();
  const answer = await request(url, {
    headers: { accept: 'text/event-stream', ...headers },
    signal: leaving.signal,
  });
  const events: EventSourceMessage[] = [];
  const comments: string[] = [];
  const retries: number[] = [];
  let told: () => void = () => {};
  const parser = createParser({
    onEvent: (event) => {
      events.push(event);
      told();
    },
    onComment: (comment) => comments.push(comment),
    onRetry: (retry) => retries.push(retry),
  });
  const ended = (async () => {
    for await (const piece of answer.body.setEncoding('utf8')) {
      parser.feed(String(piece));
      if (pauseMs > 0) await sleep(pauseMs);
    }
  })();
  // A test that does not look at the end is not to fail for it.
  ended.catch(() => {}).finally(() => told());
  return {
    status: answer.statusCode,
    headers: answer.headers,
    events,
    comments,
    retries,
    ended,
    close: () => leaving.abort(),
    next: async (type) => {
      for (;;) {
        const found = events.find((event) => event.event === type);
        if (found !== undefined) return found;
        await Promise.race([
          new Promise<void>((resolve) => {
            told = resolve;
          }),
          ended.then(() => {
            throw new Error(`the stream ended without ${type}`);
          }),
        ]);
      }
    },
  };
}
