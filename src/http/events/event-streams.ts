import type { ServerResponse } from 'node:http';
import type { JobWatch } from '../../jobs/job-feeds.ts';
import type { LiveProgress } from '../../jobs/live-progress.ts';
import { describeProgress } from '../resources/job-resource.ts';
import type { ServiceMetrics } from '../service-metrics.ts';
import { liveFrame, retryFrame, StoredFrames } from './event-frame.ts';
import { EventReader } from './event-reader.ts';

export interface StreamTimes {
  /** How often streams are looked at. */
  readonly beatMs: number;
  /** A stream on which nothing happens for so long gets a comment. */
  readonly quietMs: number;
  /** A reader that has no room for so long is dropped. */
  readonly patienceMs: number;
}

const defaultTimes: StreamTimes = { beatMs: 5_000, quietMs: 15_000, patienceMs: 30_000 };

/** When readers that the service let go shall come back. */
const RETRY_MS = 2_000;
/** A progress frame takes a reader's share of the event loop: a thousand readers get one a second, a few get ten. */
const PROGRESS_MS_PER_READER = 1;

/** Every open event stream of the service. */
export class EventStreams {
  readonly #readers = new Set<EventReader>();
  readonly #stored = new StoredFrames();
  readonly #progress = new WeakMap<LiveProgress, Buffer>();
  readonly #metrics: ServiceMetrics;
  readonly #times: StreamTimes;
  readonly #beating: NodeJS.Timeout;

  constructor(metrics: ServiceMetrics, times: StreamTimes = defaultTimes) {
    this.#metrics = metrics;
    this.#times = times;
    this.#beating = setInterval(() => this.#beat(), times.beatMs).unref();
  }

  /**
   * Streams a job's events until the terminal one.
   * @param response its head has been written.
   * @param snapshot is written first.
   * @param cursor number of the last event that the client has.
   */
  open(response: ServerResponse, watch: JobWatch, snapshot: object, cursor: number): void {
    const reader = new EventReader(response, watch, this.#stored, cursor);
    let toldAt = 0;
    const unsubscribe = watch.onChange(() => {
      reader.wake();
      const progress = watch.progress();
      const now = performance.now();
      if (progress === undefined || now - toldAt < this.#readers.size * PROGRESS_MS_PER_READER) return;
      toldAt = now;
      reader.offer(this.#progressFrame(progress));
    });
    this.#readers.add(reader);
    this.#metrics.eventReaders.set(this.#readers.size);
    response.once('close', () => {
      unsubscribe();
      this.#readers.delete(reader);
      this.#metrics.eventReaders.set(this.#readers.size);
    });
    reader.offer(liveFrame('snapshot', snapshot));
    reader.wake();
  }

  /** Ends every stream; the clients are asked to come back, as after a restart there is more to read. */
  stop(): void {
    clearInterval(this.#beating);
    for (const reader of this.#readers) reader.end(retryFrame(RETRY_MS));
  }

  #beat(): void {
    const { quietMs, patienceMs } = this.#times;
    const now = performance.now();
    for (const reader of this.#readers) {
      if (reader.beat(now, quietMs, patienceMs)) continue;
      this.#metrics.eventReadersDropped.inc();
      reader.destroy();
    }
  }

  #progressFrame(progress: LiveProgress): Buffer {
    const known = this.#progress.get(progress);
    if (known !== undefined) return known;
    const frame = liveFrame('progress', describeProgress(progress));
    this.#progress.set(progress, frame);
    return frame;
  }
}
