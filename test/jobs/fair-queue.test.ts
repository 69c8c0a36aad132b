import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FairQueue, type QueuedJob } from '../../src/jobs/fair-queue.ts';

/** A job of so many shards of a length, that are run one after the other. */
class Job implements QueuedJob {
  readonly client: string;
  readonly seconds: number;
  left: number;
  open = false;

  constructor(client: string, shards: number, seconds = 0.1) {
    this.client = client;
    this.left = shards;
    this.seconds = seconds;
  }

  get ready(): boolean {
    return this.open && this.left > 0;
  }
}

const room = { run: true, open: () => true };

/** Runs turn after turn until nothing is left, or `turns` shards have been run. @returns the jobs in their order */
function run(queue: FairQueue<Job>, turns = Number.POSITIVE_INFINITY): Job[] {
  const order: Job[] = [];
  for (let turn = queue.next(room); turn !== undefined && order.length < turns; turn = queue.next(room)) {
    if (turn.kind === 'open') {
      turn.job.open = true;
      continue;
    }
    turn.job.left--;
    order.push(turn.job);
    queue.charge(turn.job, turn.job.seconds);
    if (turn.job.left === 0) queue.remove(turn.job);
  }
  return order;
}

function queueOf(...jobs: Job[]): FairQueue<Job> {
  const queue = new FairQueue<Job>(6);
  for (const job of jobs) queue.add(job);
  return queue;
}

describe('the fair queue', () => {
  it('gives clients equal work, not equal numbers of shards', () => {
    const order = run(queueOf(new Job('a', 100, 0.1), new Job('b', 1000, 0.01)), 220);
    expect(order.filter(({ client }) => client === 'a').length).toBeCloseTo(20, -1);
    expect(order.filter(({ client }) => client === 'b').length).toBeCloseTo(200, -1);
  });

  it('has a client with one job wait for about one shard of a client with a hundred', () => {
    const crowd = Array.from({ length: 100 }, () => new Job('crowd', 5));
    const queue = queueOf(...crowd);
    run(queue, 20);
    const one = new Job('one', 3);
    queue.add(one);
    const order = run(queue, 8);
    expect(order.filter((job) => job === one)).toHaveLength(3);
  });

  it('gives a client that comes back no more than one that stayed', () => {
    const queue = queueOf(new Job('a', 1000));
    run(queue, 100);
    queue.add(new Job('b', 1000));
    const order = run(queue, 20);
    expect(order.filter(({ client }) => client === 'b').length).toBeLessThanOrEqual(11);
  });

  it('runs short jobs of a client one after the other, oldest first', () => {
    const jobs = Array.from({ length: 5 }, () => new Job('a', 3, 0.001));
    expect(run(queueOf(...jobs))).toEqual(jobs.flatMap((job) => [job, job, job]));
  });

  it('lets short jobs of a client through behind its long one, and the long one through behind them', () => {
    const long = new Job('a', 1000);
    const queue = queueOf(long);
    run(queue, 10);
    const shorts = Array.from({ length: 20 }, () => new Job('a', 2, 0.001));
    for (const short of shorts) queue.add(short);
    const order = run(queue, 45);
    expect(order.filter((job) => job !== long)).toHaveLength(40);
    expect(order.filter((job) => job === long).length).toBeGreaterThan(3);
  });

  it('shares among the long jobs of a client, a bounded number at a time', () => {
    const jobs = Array.from({ length: 20 }, () => new Job('a', 50));
    const order = run(queueOf(...jobs), 60);
    expect(new Set(order)).toEqual(new Set(jobs.slice(0, 6)));
    for (const job of jobs.slice(0, 6)) expect(order.filter((each) => each === job)).toHaveLength(10);
  });

  it('has a job that is opened late go on level with the others, not catch up', () => {
    const first = [new Job('a', 20), ...Array.from({ length: 5 }, () => new Job('a', 200))];
    const late = new Job('a', 200);
    const queue = queueOf(...first, late);
    run(queue, 120);
    const order = run(queue, 24);
    const turns = order.filter((job) => job === late).length;
    expect(turns).toBeGreaterThan(0);
    expect(turns).toBeLessThanOrEqual(5);
  });

  it('opens nothing for which there is no room, and runs nothing without a free thread', () => {
    const job = new Job('a', 1);
    const queue = queueOf(job);
    expect(queue.next({ run: true, open: () => false })).toBeUndefined();
    expect(queue.next({ run: false, open: () => true })).toEqual({ kind: 'open', job });
    job.open = true;
    expect(queue.next({ run: false, open: () => true })).toBeUndefined();
    expect(queue.next(room)).toEqual({ kind: 'run', job });
    expect(queue.empty).toBe(false);
    queue.remove(job);
    expect(queue.empty).toBe(true);
  });

  it('runs every shard of every job exactly once, whatever the jobs', () => {
    const job = fc.record({
      client: fc.constantFrom('a', 'b', 'c'),
      shards: fc.integer({ min: 1, max: 6 }),
      seconds: fc.constantFrom(0.001, 0.02, 0.1, 3),
    });
    fc.assert(
      fc.property(fc.array(job, { maxLength: 30 }), (described) => {
        const jobs = described.map(({ client, shards, seconds }) => new Job(client, shards, seconds));
        const queue = queueOf(...jobs);
        const order = run(queue);
        expect(order).toHaveLength(described.reduce((sum, { shards }) => sum + shards, 0));
        expect(jobs.every(({ left }) => left === 0)).toBe(true);
        expect(queue.empty).toBe(true);
      }),
    );
  });
});
