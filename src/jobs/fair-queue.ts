/** A job as the queue sees it. */
export interface QueuedJob {
  readonly client: string;
  /** Whether it has a shard to run now. Asked of open jobs only. */
  readonly ready: boolean;
}

/** What to do next: run a shard of an open job, or open the next waiting one. */
export interface Turn<T> {
  readonly kind: 'run' | 'open';
  readonly job: T;
}

/** What there is room for. */
export interface Room<T> {
  readonly run: boolean;
  open(job: T): boolean;
}

/** Jobs of one client take turns of so many seconds of work; those that need less run through, oldest first. */
const TURN_SECONDS = 0.05;

/** A job, and the work it has been given since (or as if) it started level with the others. */
interface Entry<T> {
  readonly job: T;
  served: number;
}

interface Flow<T> {
  served: number;
  readonly open: Entry<T>[];
  readonly waiting: Entry<T>[];
}

/**
 * Whose turn it is. The client that has been given the least work is next, and within a client the job that has:
 * round-robin, but by work rather than by shards, since shards differ a hundredfold. Clients and jobs that come
 * later start level with the least served one, as in start-time fair queueing (Goyal, Vin & Cheng 1996).
 */
export class FairQueue<T extends QueuedJob> {
  readonly #openPerClient: number;
  readonly #flows = new Map<string, Flow<T>>();

  /** @param openPerClient jobs of one client that may be open at once, so that a large one does not hold up the rest */
  constructor(openPerClient: number) {
    this.#openPerClient = openPerClient;
  }

  get empty(): boolean {
    return this.#flows.size === 0;
  }

  /** Adds a job that waits to be opened. */
  add(job: T): void {
    const flow = this.#flows.get(job.client) ?? {
      served: leastServed(this.#flows.values()),
      open: [],
      waiting: [],
    };
    this.#flows.set(job.client, flow);
    flow.waiting.push({
      job,
      served: leastServed(flow.open.length > 0 ? flow.open : flow.waiting.slice(0, 1)),
    });
  }

  /** Takes a job out, wherever it is. */
  remove(job: T): void {
    const flow = this.#flows.get(job.client);
    if (flow === undefined) return;
    if (!removeFrom(flow.open, job)) removeFrom(flow.waiting, job);
    if (flow.open.length + flow.waiting.length === 0) this.#flows.delete(job.client);
  }

  /** The next turn, if anyone can use the room. A job whose turn it is to be opened counts as open from now on. */
  next(room: Room<T>): Turn<T> | undefined {
    let best: { readonly flow: Flow<T>; readonly turn: Turn<T> } | undefined;
    for (const flow of this.#flows.values()) {
      if (best !== undefined && best.flow.served <= flow.served) continue;
      const turn = this.#turnOf(flow, room);
      if (turn !== undefined) best = { flow, turn };
    }
    if (best?.turn.kind === 'open') open(best.flow);
    return best?.turn;
  }

  /** Notes work given to an open job, in seconds. */
  charge(job: T, seconds: number): void {
    const flow = this.#flows.get(job.client);
    const entry = flow?.open.find((open) => open.job === job);
    if (flow === undefined || entry === undefined) return;
    flow.served += seconds;
    entry.served += seconds;
  }

  #turnOf(flow: Flow<T>, room: Room<T>): Turn<T> | undefined {
    const [next] = flow.waiting;
    const mayOpen = next !== undefined && flow.open.length < this.#openPerClient && room.open(next.job);
    const running = room.run ? fewestTurns(flow.open.filter(({ job }) => job.ready)) : undefined;
    if (running !== undefined && !(mayOpen && turns(next) < turns(running)))
      return { kind: 'run', job: running.job };
    return mayOpen ? { kind: 'open', job: next.job } : undefined;
  }
}

/** Opens the first waiting job. What the others were given while it waited puts it ahead by one turn at most. */
function open<T>(flow: Flow<T>): void {
  const [entry] = flow.waiting.splice(0, 1);
  entry.served = Math.max(entry.served, leastServed(flow.open) - TURN_SECONDS);
  flow.open.push(entry);
}

function leastServed(all: Iterable<{ readonly served: number }>): number {
  let least = Number.POSITIVE_INFINITY;
  for (const { served } of all) least = Math.min(least, served);
  return Number.isFinite(least) ? least : 0;
}

function removeFrom<T>(entries: Entry<T>[], job: T): boolean {
  const position = entries.findIndex((entry) => entry.job === job);
  if (position >= 0) entries.splice(position, 1);
  return position >= 0;
}

/** The entry that has had the fewest turns; of several, the one opened first. */
function fewestTurns<T>(entries: readonly Entry<T>[]): Entry<T> | undefined {
  let best: Entry<T> | undefined;
  for (const entry of entries) {
    if (best === undefined || turns(entry) < turns(best)) best = entry;
  }
  return best;
}

function turns({ served }: { readonly served: number }): number {
  return Math.floor(served / TURN_SECONDS);
}
