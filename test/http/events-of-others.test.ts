import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openSqliteStore } from '../../src/jobs/store/sqlite/open-sqlite-store.ts';
import { aJob, anEnding, anInlinePayload, aParameterEvent } from '../conformance/store-fixtures.ts';
import { openEventStream } from './event-stream.ts';
import { startRunningService, temporaryFolder } from './running-service.ts';

/** A service, and a job that another process runs on the same store; the service knows its first event. */
async function jobOfAnother() {
  const folder = await temporaryFolder();
  const { service, get } = await startRunningService({}, folder);
  const store = await openSqliteStore({ path: join(folder, 'gradcheck.db') });
  onTestFinished(() => store.close());
  const createdAt = Date.now();
  const held = { owner: 'another', leaseUntil: createdAt + 600_000, fence: 1 };
  const { id } = aJob();
  await store.jobs.insert(aJob({ ...held, id, createdAt, status: 'running' }), anInlinePayload());
  const lease = { jobId: id, owner: held.owner, fence: held.fence };
  const append = (name: string) => store.jobs.appendEvent(lease, aParameterEvent(name));
  const finish = () => {
    const finishedAt = Date.now();
    return store.jobs.finish(lease, anEnding({ finishedAt, expiresAt: finishedAt + 600_000 }));
  };
  const url = `${service.url}/v1/jobs/${id}/events`;
  const watcher = await openEventStream(url);
  await append('W1');
  await watcher.next('parameter');
  return { append, finish, get, watcher, url, path: `/v1/jobs/${id}/events` };
}

it('a client that comes back before the service has heard of the end gets what it lacks, not 204', async () => {
  const { finish, append, url } = await jobOfAnother();
  await append('W2');
  await finish();
  const stream = await openEventStream(url, { 'last-event-id': '1' });
  expect(stream.status).toBe(200);
  await stream.ended;
  expect(stream.events.map(({ id, event }) => id ?? event)).toEqual(['snapshot', '2', '3']);
});

it('an id that the service has not heard of yet is taken', async () => {
  const { finish, append, get, path, url } = await jobOfAnother();
  await append('W2');
  const stream = await openEventStream(url, { 'last-event-id': '2' });
  expect(stream.status).toBe(200);
  await finish();
  expect((await get(path, { 'last-event-id': '3' })).status).toBe(204);
  await stream.ended;
  expect(stream.events.map(({ id, event }) => id ?? event)).toEqual(['snapshot', '3']);
});

it('whoever watches all the while gets every event once', async () => {
  const { finish, append, watcher } = await jobOfAnother();
  await append('W2');
  await finish();
  await watcher.ended;
  expect(watcher.events.map(({ id, event }) => id ?? event)).toEqual(['snapshot', '1', '2', '3']);
});
