import { describe, expect, it } from 'vitest';
import { openEventStream } from './event-stream.ts';
import { startRunningService, temporaryFolder } from './running-service.ts';
import { cubic, long, quadratic } from './sample-jobs.ts';

const eventsOf = (url: string, id: string) => `${url}/v1/jobs/${id}/events`;

describe('the events of a job', () => {
  it('begin with a snapshot, are numbered without gaps, and end with the report', async () => {
    const { service, get, submit } = await startRunningService();
    const id = await submit(quadratic(5000));
    const stream = await openEventStream(eventsOf(service.url, id));
    expect(stream.status).toBe(200);
    expect(stream.headers['content-type']).toBe('text/event-stream');
    expect(stream.headers['x-request-id']).toBeDefined();
    await stream.ended;
    const [snapshot, ...rest] = stream.events;
    expect(snapshot).toMatchObject({ event: 'snapshot', id: undefined });
    expect(JSON.parse(snapshot.data)).toMatchObject({ job: { id }, lastEventId: expect.any(Number) });
    const stored = rest.filter((event) => event.event !== 'progress');
    expect(stored.map(({ event, id: number }) => [event, number])).toEqual([
      ['parameter', '1'],
      ['parameter', '2'],
      ['report', '3'],
    ]);
    expect(JSON.parse(stored[0].data)).toMatchObject({ name: 'u', verdict: 'pass' });
    expect(JSON.parse(stored[2].data)).toEqual((await get(`/v1/jobs/${id}/report`)).json);
  });

  it('show progress that grows while the job runs', async () => {
    const { service, get, submit, send } = await startRunningService();
    const id = await submit(long());
    const stream = await openEventStream(eventsOf(service.url, id));
    const progressed = () => stream.events.filter(({ event }) => event === 'progress');
    await expect.poll(() => progressed().length, { timeout: 20_000 }).toBeGreaterThan(5);
    const completed = progressed().map(({ data }) => Number(JSON.parse(data).completed));
    expect(completed).toEqual([...completed].sort((a, b) => a - b));
    expect(completed[5]).toBeGreaterThan(completed[0]);
    expect(progressed().every((event) => event.id === undefined)).toBe(true);
    const polled = await get(`/v1/jobs/${id}`);
    expect(polled.json).toHaveProperty('progress.completed', expect.any(Number));
    await send('POST', `/v1/jobs/${id}/cancel`);
    await stream.ended;
    expect(stream.events.at(-1)?.event).toBe('cancelled');
  });

  it('continue after the last one that a client has', async () => {
    const { service, runJob } = await startRunningService();
    const id = await runJob(quadratic(10));
    const typesAfter = async (headers: Record<string, string>, query = '') => {
      const stream = await openEventStream(`${eventsOf(service.url, id)}${query}`, headers);
      await stream.ended;
      return stream.events.map((event) => event.id ?? event.event);
    };
    expect(await typesAfter({})).toEqual(['snapshot', '1', '2', '3']);
    expect(await typesAfter({ 'last-event-id': '1' })).toEqual(['snapshot', '2', '3']);
    expect(await typesAfter({}, '?lastEventId=2')).toEqual(['snapshot', '3']);
  });

  it('answer 204 to a client that has the terminal one, so that it stops', async () => {
    const { get, runJob } = await startRunningService();
    const id = await runJob(cubic);
    const answer = await get(`/v1/jobs/${id}/events`, { 'last-event-id': '2' });
    expect(answer).toMatchObject({ status: 204, text: '' });
  });

  it.each(['x', '-1', '1.5', '99'])('refuse the last event id %s', async (lastEventId) => {
    const { get, runJob } = await startRunningService();
    const id = await runJob(cubic);
    const answer = await get(`/v1/jobs/${id}/events`, { 'last-event-id': lastEventId });
    expect(answer).toMatchObject({ status: 400, json: { code: 'malformed-request' } });
  });

  it('are refused to clients that do not take event streams', async () => {
    const { get, runJob } = await startRunningService();
    const id = await runJob(cubic);
    const answer = await get(`/v1/jobs/${id}/events`, { accept: 'application/json' });
    expect(answer).toMatchObject({ status: 406, json: { code: 'not-acceptable' } });
  });

  it('are the same after the service was started again', async () => {
    const folder = await temporaryFolder();
    const before = await startRunningService({}, folder);
    const id = await before.runJob(quadratic(10));
    const first = await openEventStream(eventsOf(before.service.url, id));
    await first.ended;
    await before.service.stop();
    const after = await startRunningService({}, folder);
    const second = await openEventStream(eventsOf(after.service.url, id));
    await second.ended;
    expect(second.events).toEqual(first.events);
    expect((await after.get(`/v1/jobs/${id}/events`, { 'last-event-id': '3' })).status).toBe(204);
  });

  it('end with a hint to come back when the service stops, and go on where they were', async () => {
    const folder = await temporaryFolder();
    const before = await startRunningService({}, folder);
    const id = await before.submit(long(100));
    const first = await openEventStream(eventsOf(before.service.url, id));
    await first.next('progress');
    await before.service.stop();
    await first.ended;
    expect(first.retries).toEqual([2000]);
    expect(first.events.some(({ event }) => event === 'report')).toBe(false);
    const after = await startRunningService({}, folder);
    const last = first.events.filter((event) => event.id !== undefined).at(-1)?.id ?? '0';
    const second = await openEventStream(eventsOf(after.service.url, id), { 'last-event-id': last });
    await second.ended;
    const ids = [...first.events, ...second.events].flatMap((event) => event.id ?? []);
    expect(ids).toEqual(['1', '2', '3']);
  });

  it('reach a hundred readers, each once', async () => {
    const { service, submit } = await startRunningService();
    const id = await submit(long(60));
    const streams = await Promise.all(
      Array.from({ length: 100 }, () => openEventStream(eventsOf(service.url, id))),
    );
    await Promise.all(streams.map((stream) => stream.ended));
    for (const stream of streams) {
      expect(stream.events.flatMap((event) => event.id ?? [])).toEqual(['1', '2', '3']);
    }
  });
});
