import type { StoredEvent } from './job-event.ts';

/** What is kept of one job's events at most; the newest event is always kept. */
const MOST_EVENTS = 256;
const MOST_CHARACTERS = 1 << 20;

/** A job's newest events, so that many readers of one job do not each ask the store for them. */
export class RecentEvents {
  #events: StoredEvent[] = [];
  #characters = 0;
  /** Number of the newest event stored; undefined until it is known. */
  #last: number | undefined;

  get last(): number | undefined {
    return this.#last;
  }

  get newest(): StoredEvent | undefined {
    return this.#events.at(-1);
  }

  /** Takes events that follow what is known, in order. From the first call on it is known which event is the newest. */
  append(events: readonly StoredEvent[]): void {
    this.#last ??= 0;
    for (const event of events) {
      if (event.id <= this.#last) continue;
      // A gap would make `after` skip events: what lies before it is let go.
      if (event.id > this.#last + 1) this.#clear();
      this.#events.push(event);
      this.#characters += event.data.length;
      this.#last = event.id;
    }
    while (this.#events.length > 1 && this.#isFull())
      this.#characters -= this.#events.shift()?.data.length ?? 0;
  }

  /**
   * Events with an id greater than `after`, in order, at most `limit`.
   * @returns undefined when some of them are not here: ask the store.
   */
  after(after: number, limit: number): readonly StoredEvent[] | undefined {
    if (this.#last === undefined) return undefined;
    const first = this.#last - this.#events.length + 1;
    if (after + 1 < first) return undefined;
    const start = after + 1 - first;
    return this.#events.slice(start, start + limit);
  }

  #isFull(): boolean {
    return this.#events.length > MOST_EVENTS || this.#characters > MOST_CHARACTERS;
  }

  #clear(): void {
    this.#events = [];
    this.#characters = 0;
  }
}
