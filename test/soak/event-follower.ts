import { Agent, type ClientRequest, get, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { createParser, type EventSourceMessage } from 'eventsource-parser';

const RETRY_MS = 100;

/** The stored events of a job as its readers together have seen them: the same number must mean the same event. */
export class SeenEvents {
  readonly #events = new Map<number, string>();
  readonly #terminal = new Set<number>();
  /** Events that one reader saw otherwise than another did. */
  contradictions = 0;

  see(id: number, type: string, data: string): void {
    const text = `${type} ${data}`;
    const known = this.#events.get(id);
    if (known === undefined) this.#events.set(id, text);
    else if (known !== text) this.contradictions++;
    if (type !== 'parameter') this.#terminal.add(id);
  }

  get count(): number {
    return this.#events.size;
  }

  /** Whether the numbers are 1, 2, 3 … without a gap, and the last one alone ends the job. */
  get areWhole(): boolean {
    const newest = Math.max(0, ...this.#events.keys());
    return newest > 0 && newest === this.count && this.#terminal.size === 1 && this.#terminal.has(newest);
  }
}

export interface FollowerOptions {
  readonly agent: Agent;
  readonly seen: SeenEvents;
  /** Milliseconds until the follower breaks a connection off by itself; undefined to stay. */
  readonly stayMs?: () => number | undefined;
  readonly onProgress?: (completed: number) => void;
}

/** Follows a job to its end over as many connections as it takes, as an EventSource does. */
export class EventFollower {
  /** Numbers of the stored events heard, in the order they came. */
  readonly ids: number[] = [];
  connections = 0;
  readonly #url: string;
  readonly #options: FollowerOptions;
  #over = false;

  constructor(url: string, options: FollowerOptions) {
    this.#url = url;
    this.#options = options;
  }

  /** Resolves when the terminal event was heard, or the service says that there is nothing more. */
  async follow(): Promise<void> {
    while (!this.#over) {
      const answer = await this.#connect();
      if (answer?.statusCode === 200) await this.#read(answer);
      else answer?.resume();
      if (answer?.statusCode === 204) this.#over = true;
      else if (answer?.statusCode !== 200) await sleep(RETRY_MS);
    }
  }

  /** Whether every event was heard once, in order. */
  hasHeardAll(count: number): boolean {
    return this.ids.length === count && this.ids.every((id, i) => id === i + 1);
  }

  #connect(): Promise<IncomingMessage | undefined> {
    this.connections++;
    const last = this.ids.at(-1);
    const headers = {
      accept: 'text/event-stream',
      ...(last === undefined ? {} : { 'last-event-id': String(last) }),
    };
    return new Promise((resolve) => {
      const request: ClientRequest = get(this.#url, { agent: this.#options.agent, headers }, resolve);
      request.once('error', () => resolve(undefined));
    });
  }

  async #read(answer: IncomingMessage): Promise<void> {
    const parser = createParser({ onEvent: (event) => this.#hear(event) });
    const stay = this.#options.stayMs?.();
    const leaving = stay === undefined ? undefined : setTimeout(() => answer.destroy(), stay);
    try {
      for await (const piece of answer.setEncoding('utf8')) parser.feed(String(piece));
    } catch {
      // Broken off, by us or by the end of the process: the next connection goes on after the last event heard.
    } finally {
      clearTimeout(leaving);
    }
  }

  #hear({ id, event = '', data }: EventSourceMessage): void {
    if (event === 'progress') {
      const progress: { completed: number } = JSON.parse(data);
      this.#options.onProgress?.(progress.completed);
    }
    if (id === undefined) return;
    this.ids.push(Number(id));
    this.#options.seen.see(Number(id), event, data);
    if (event !== 'parameter') this.#over = true;
  }
}

/** An agent for as many streams at once as one likes. */
export function streamAgent(): Agent {
  return new Agent({ maxSockets: Number.POSITIVE_INFINITY });
}
