import type { ServerResponse } from 'node:http';
import { isTerminalEvent, type StoredEvent } from '../../jobs/job-event.ts';
import type { JobWatch } from '../../jobs/job-feeds.ts';
import { HEARTBEAT, type StoredFrames } from './event-frame.ts';

/** Events that a reader asks for at once. */
const PAGE = 100;

/**
 * One connection that reads a job's events. It keeps no events of its own, only the number of the last one written:
 * it pulls what follows when the one before has left, so that a slow reader costs one frame of memory and no time.
 */
export class EventReader {
  readonly #response: ServerResponse;
  readonly #watch: JobWatch;
  readonly #frames: StoredFrames;
  #cursor: number;
  #pulling = false;
  #changed = false;
  #offered: Buffer | undefined;
  /** When the reader was found full, in ms; undefined while it has room. */
  #fullSince: number | undefined;
  #writtenAt = performance.now();

  /** @param cursor number of the last event that the reader has. */
  constructor(response: ServerResponse, watch: JobWatch, frames: StoredFrames, cursor: number) {
    this.#response = response;
    this.#watch = watch;
    this.#frames = frames;
    this.#cursor = cursor;
    response.on('drain', () => {
      this.#fullSince = undefined;
      this.wake();
    });
  }

  /** Writes what has been stored after the cursor, as far as the reader has room. */
  wake(): void {
    this.#changed = true;
    if (!this.#pulling) void this.#pull();
  }

  /** Writes a frame when what is being pulled has been written; it is dropped when the reader has no room then. */
  offer(frame: Buffer): void {
    if (this.#pulling) this.#offered = frame;
    else if (this.#hasRoom) this.#write(frame);
  }

  /** Keeps a quiet stream open. @returns false when the reader has been full for longer than `patienceMs`. */
  beat(now: number, quietMs: number, patienceMs: number): boolean {
    if (this.#fullSince !== undefined) return now - this.#fullSince <= patienceMs;
    if (now - this.#writtenAt >= quietMs) this.offer(HEARTBEAT);
    return true;
  }

  /** Ends the stream, after one last frame if there is room for it. */
  end(last: Buffer): void {
    if (this.#hasRoom) this.#response.end(last);
    else this.#response.destroy();
  }

  destroy(): void {
    this.#response.destroy();
  }

  get #hasRoom(): boolean {
    return this.#fullSince === undefined && !this.#response.writableEnded && !this.#response.destroyed;
  }

  async #pull(): Promise<void> {
    this.#pulling = true;
    try {
      while (this.#changed && this.#hasRoom) {
        this.#changed = false;
        this.#writeEvents(await this.#watch.events(this.#cursor, PAGE));
      }
    } catch (error) {
      // The store did not answer: the client comes back with its Last-Event-ID.
      this.#response.destroy(error instanceof Error ? error : undefined);
    } finally {
      this.#pulling = false;
      const offered = this.#offered;
      this.#offered = undefined;
      if (offered !== undefined) this.offer(offered);
    }
  }

  #writeEvents(events: readonly StoredEvent[]): void {
    for (const event of events) {
      // What is left is pulled again when the reader has room.
      if (!this.#hasRoom) return;
      this.#cursor = event.id;
      this.#write(this.#frames.frameOf(event));
      if (isTerminalEvent(event.type)) this.#response.end();
    }
    if (events.length === PAGE) this.#changed = true;
  }

  #write(frame: Buffer): void {
    this.#writtenAt = performance.now();
    if (!this.#response.write(frame)) this.#fullSince = this.#writtenAt;
  }
}
