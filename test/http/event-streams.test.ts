import { createServer, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { EventStreams } from '../../src/http/events/event-streams.ts';
import { ServiceMetrics } from '../../src/http/service-metrics.ts';
import type { LastEvent, StoredEvent } from '../../src/jobs/job-event.ts';
import type { JobWatch } from '../../src/jobs/job-feeds.ts';
import type { LiveProgress } from '../../src/jobs/live-progress.ts';
import { openEventStream } from './event-stream.ts';

/** A job whose events come when the test says so. */
class ScriptedJob implements JobWatch {
  readonly #events: StoredEvent[] = [];
  readonly #listeners = new Set<() => void>();
  #progress: LiveProgress | undefined;

  store(type: StoredEvent['type'], characters: number): void {
    this.#events.push({ id: this.#events.length + 1, type, data: JSON.stringify('x'.repeat(characters)) });
    for (const listener of this.#listeners) listener();
  }

  advance(completed: number): void {
    this.#progress = { stage: 'sweep', completed, total: 1_000_000 };
    for (const listener of this.#listeners) listener();
  }

  get watchers(): number {
    return this.#listeners.size;
  }

  progress(): LiveProgress | undefined {
    return this.#progress;
  }

  async events(after: number, limit: number): Promise<readonly StoredEvent[]> {
    return this.#events.slice(after, after + limit);
  }

  async lastEvent(): Promise<LastEvent> {
    return { id: this.#events.length, isTerminal: false };
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

async function serve(times = { beatMs: 20, quietMs: 100_000, patienceMs: 100_000 }) {
  const job = new ScriptedJob();
  const metrics = new ServiceMetrics(() => ({ jobs: 0, workSeconds: 0, shards: 0, shardsRun: 0 }));
  const streams = new EventStreams(metrics, times);
  const responses: ServerResponse[] = [];
  const server = createServer((_, response) => {
    responses.push(response);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    streams.open(response, job, { hello: true }, 0);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    streams.stop();
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return { job, metrics, streams, responses, port: address.port, url: `http://127.0.0.1:${address.port}` };
}

/** A reader that asks for the stream and then reads nothing. */
async function stall(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  socket.on('error', () => {});
  await new Promise<void>((resolve) => socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n', () => resolve()));
  return socket;
}

const EVENTS = 400;
const CHARACTERS = 50_000;

describe('event streams', () => {
  it('bring every event once to readers that keep up and to one that pauses', async () => {
    const { job, url } = await serve();
    const readers = await Promise.all([openEventStream(url), openEventStream(url)]);
    const slow = await openEventStream(url, {}, { pauseMs: 2 });
    for (let i = 0; i < EVENTS; i++) {
      job.store('parameter', CHARACTERS);
      if (i % 50 === 0) await sleep(5);
    }
    job.store('report', CHARACTERS);
    const ids = Array.from({ length: EVENTS + 1 }, (_, i) => String(i + 1));
    for (const stream of [...readers, slow]) {
      await stream.ended;
      expect(stream.events[0].event).toBe('snapshot');
      expect(stream.events.flatMap(({ id }) => id ?? [])).toEqual(ids);
    }
    expect(job.watchers).toBe(0);
  });

  it('bring what was stored before, however much it is', async () => {
    const { job, url } = await serve();
    for (let i = 0; i < 1000; i++) job.store('parameter', 10);
    const reader = await openEventStream(url);
    await expect.poll(() => reader.events.length).toBe(1001);
    reader.close();
  });

  it('keep no more than a frame for readers that have stalled', async () => {
    const { job, responses, port } = await serve();
    await Promise.all(Array.from({ length: 20 }, () => stall(port)));
    await expect.poll(() => job.watchers).toBe(20);
    for (let i = 0; i < EVENTS; i++) {
      job.store('parameter', CHARACTERS);
      job.advance(i);
      if (i % 20 === 0) await sleep(1);
    }
    await expect.poll(() => responses.every(({ writableNeedDrain }) => writableNeedDrain)).toBe(true);
    for (const response of responses) expect(response.writableLength).toBeLessThan(2 * CHARACTERS);
  });

  it('drop readers that have stalled for too long, and no others', async () => {
    const { job, metrics, url, port } = await serve({ beatMs: 20, quietMs: 100_000, patienceMs: 200 });
    const stalled = await stall(port);
    const reader = await openEventStream(url);
    for (let i = 0; i < EVENTS; i++) job.store('parameter', CHARACTERS);
    await expect.poll(() => job.watchers, { timeout: 5000 }).toBe(1);
    expect((await metrics.eventReadersDropped.get()).values[0].value).toBe(1);
    expect((await metrics.eventReaders.get()).values[0].value).toBe(1);
    job.store('report', 10);
    await reader.ended;
    expect(reader.events).toHaveLength(EVENTS + 2);
    stalled.destroy();
  });

  it('show progress between events, at most one frame for many changes while a reader is busy', async () => {
    const { job, url } = await serve();
    const reader = await openEventStream(url);
    for (let i = 1; i <= 50; i++) job.advance(i);
    await reader.next('progress');
    await sleep(20);
    job.advance(51);
    job.store('cancelled', 1);
    await reader.ended;
    const progressed = reader.events.filter(({ event }) => event === 'progress');
    expect(progressed.length).toBeLessThanOrEqual(3);
    expect(progressed[0].id).toBeUndefined();
    expect(JSON.parse(progressed[0].data)).toMatchObject({ stage: 'sweep', total: 1_000_000, rate: null });
  });

  it('write comments while nothing happens', async () => {
    const { url } = await serve({ beatMs: 20, quietMs: 50, patienceMs: 100_000 });
    const reader = await openEventStream(url);
    await expect.poll(() => reader.comments.length).toBeGreaterThan(2);
    reader.close();
  });

  it('end with a hint to come back', async () => {
    const { url, streams } = await serve();
    const reader = await openEventStream(url);
    await reader.next('snapshot');
    streams.stop();
    await reader.ended;
    expect(reader.retries).toEqual([2000]);
  });

  it('break off when the store does not answer, so that the client comes back', async () => {
    const { job, url } = await serve();
    const reader = await openEventStream(url);
    await reader.next('snapshot');
    job.events = () => Promise.reject(new Error('the store is gone'));
    job.store('parameter', 1);
    await expect(reader.ended).rejects.toThrow();
    expect(job.watchers).toBe(0);
  });
});
