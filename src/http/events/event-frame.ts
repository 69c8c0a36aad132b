import type { StoredEvent } from '../../jobs/job-event.ts';

// The text format of server-sent events: https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream

/** A comment, which keeps proxies from closing a stream on which nothing happens. */
export const HEARTBEAT = Buffer.from(':\n\n');

/** Asks a client to come back after so many ms. */
export function retryFrame(milliseconds: number): Buffer {
  return Buffer.from(`retry: ${milliseconds}\n\n`);
}

/** A frame without an id, so that it leaves the client's Last-Event-ID alone. */
export function liveFrame(type: 'snapshot' | 'progress', data: object): Buffer {
  return Buffer.from(`event: ${type}\ndata: ${JSON.stringify(data)}\n\n`);
}

/** Writes stored events out; once for all the readers that are given the same event object. */
export class StoredFrames {
  readonly #frames = new WeakMap<StoredEvent, Buffer>();

  frameOf(event: StoredEvent): Buffer {
    const known = this.#frames.get(event);
    if (known !== undefined) return known;
    const frame = Buffer.from(`id: ${event.id}\nevent: ${event.type}\ndata: ${event.data}\n\n`);
    this.#frames.set(event, frame);
    return frame;
  }
}
