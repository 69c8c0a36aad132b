import { setTimeout as sleep } from 'node:timers/promises';
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { CommandError, causeOf } from './command-error.ts';
import { problemOf, type ServiceClient } from './service-client.ts';

/** A stream on which not even a comment came for so long is dead: the service sends one every 15 s. */
const SILENCE_MS = 45_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 5000;
/** How long a service that does not answer is tried. */
const PATIENCE_MS = 60_000;

/**
 * The events of a job, from the first to the last, over as many connections as it takes: a broken stream is opened
 * again after the last event that came. The caller stops at the terminal one.
 * @throws CommandError when the service refuses, or cannot be reached for a minute; the signal's reason when aborted.
 */
export async function* followEvents(
  client: ServiceClient,
  jobId: string,
  signal: AbortSignal,
): AsyncGenerator<EventSourceMessage> {
  const position: StreamPosition = {
    lastEventId: undefined,
    firstPause: FIRST_PAUSE_MS,
    pause: FIRST_PAUSE_MS,
  };
  for (let lastHeard = Date.now(); ; ) {
    let broken: unknown;
    try {
      for await (const event of openStream(client, jobId, position, signal)) {
        lastHeard = Date.now();
        position.pause = position.firstPause;
        position.lastEventId = event.id ?? position.lastEventId;
        yield event;
      }
    } catch (error) {
      if (signal.aborted || error instanceof CommandError) throw error;
      broken = error;
    }
    if (Date.now() - lastHeard > PATIENCE_MS) {
      const why = broken === undefined ? 'its event stream ends too early' : causeOf(broken);
      throw new CommandError(`lost ${client.jobUrl(jobId)}: ${why}; the job may still be running`);
    }
    await sleep(position.pause, undefined, { signal });
    position.pause = Math.min(2 * position.pause, LONGEST_PAUSE_MS);
  }
}

/** Where to go on after a stream has ended, and after how many milliseconds. */
interface StreamPosition {
  lastEventId: string | undefined;
  /** The pause after a connection that brought something; the service may set it. */
  firstPause: number;
  pause: number;
}

/** One connection's events, until the service ends it or it breaks. */
async function* openStream(
  client: ServiceClient,
  jobId: string,
  position: StreamPosition,
  signal: AbortSignal,
): AsyncGenerator<EventSourceMessage> {
  const silence = new AbortController();
  const watch = setTimeout(() => silence.abort(new Error('the stream fell silent')), SILENCE_MS);
  try {
    const answer = await client.openEvents(
      jobId,
      position.lastEventId,
      AbortSignal.any([signal, silence.signal]),
    );
    if (answer.status >= 500) throw new Error(`answered ${answer.status}`);
    if (!answer.ok) throw await problemOf(answer);
    const events: EventSourceMessage[] = [];
    const parser = createParser({
      onEvent: (event) => events.push(event),
      onRetry: (milliseconds) => {
        position.firstPause = milliseconds;
        position.pause = milliseconds;
      },
    });
    const decoder = new TextDecoder();
    for await (const bytes of answer.body ?? []) {
      watch.refresh();
      parser.feed(decoder.decode(bytes, { stream: true }));
      yield* events.splice(0);
    }
  } finally {
    clearTimeout(watch);
    silence.abort();
  }
}
