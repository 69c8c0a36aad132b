import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openThreadStore } from '../../src/jobs/store/thread/open-thread-store.ts';
import type { WorkerFile } from '../../src/threads/worker-file.ts';
import { insertJob } from '../conformance/store-fixtures.ts';
import { builtWorker } from '../fixtures/built-worker.ts';
import { allEvents, startProcess, storedReport, undisturbedReport } from '../fixtures/coordination.ts';
import { networkJob } from '../fixtures/jobs.ts';
import { silentLog } from '../fixtures/silent-log.ts';

/** The thread of the service, which exits when a job of the id `deadly` is asked for. */
const mortal: WorkerFile = {
  path: new URL('../fixtures/workers/mortal-store.mjs', import.meta.url).pathname,
  execArgv: [],
};

describe('a store on a thread', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gradcheck-thread-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('that ends refuses the calls it owes an answer and those that come meanwhile, and is then there again', async () => {
    const store = await openThreadStore({
      path: join(folder, 'store.sqlite'),
      log: silentLog,
      worker: mortal,
    });
    const { id } = await insertJob(store);
    const owed = [store.jobs.get('deadly'), store.jobs.get(id), store.tensors.put(Float64Array.of(1))];
    for (const outcome of await Promise.allSettled(owed))
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'storage-failed' } });
    await expect(store.ping()).rejects.toMatchObject({ code: 'storage-failed' });
    await expect
      .poll(
        () =>
          store.ping().then(
            () => true,
            () => false,
          ),
        { timeout: 20_000 },
      )
      .toBe(true);
    expect((await store.jobs.get(id))?.id).toBe(id);
    await store.close();
    await expect(store.jobs.get(id)).rejects.toMatchObject({ code: 'storage-failed' });
  });

  it('that ends while a job runs holds the job up, and nothing of it is lost or there twice', async () => {
    const store = await openThreadStore({
      path: join(folder, 'store.sqlite'),
      log: silentLog,
      worker: mortal,
    });
    const { coordinator, stop } = await startProcess(store);
    const job = networkJob([64, 96, 96, 10], 32);
    const { id } = (await coordinator.submit({ job, client: 'client' })).job;
    const stored = () => store.jobs.shardResults(id, 'sweep').then(({ length }) => length);
    await expect.poll(stored, { timeout: 20_000, interval: 1 }).toBeGreaterThan(2);
    await expect(store.jobs.get('deadly')).rejects.toMatchObject({ code: 'storage-failed' });
    expect((await coordinator.waitForEnd(id, 60_000)).job.status).toBe('succeeded');
    expect(await storedReport(store, id)).toEqual(await undisturbedReport(job));
    const events = await allEvents(store, id);
    expect(events.map((event) => event.id)).toEqual(events.map((_, i) => i + 1));
    expect(new Set(events.map(({ data }) => data)).size).toBe(events.length);
    await stop();
    await store.close();
  });

  it('can be closed while its thread is down', async () => {
    const store = await openThreadStore({
      path: join(folder, 'store.sqlite'),
      log: silentLog,
      worker: mortal,
    });
    await store.jobs.get('deadly').catch(() => undefined);
    await store.close();
  });

  it('says why it cannot be opened, as one on the calling thread does', async () => {
    const path = join(folder, 'file');
    const first = await openThreadStore({ path, worker: builtWorker('store') });
    await first.close();
    await expect(
      openThreadStore({ path: join(path, 'below', 'store.sqlite'), worker: builtWorker('store') }),
    ).rejects.toMatchObject({ code: 'storage-read-only' });
  });

  it('keeps nothing behind the values given to it: they may change once they are stored', async () => {
    const store = await openThreadStore({ path: ':memory:', worker: builtWorker('store') });
    const values = new Float64Array(new SharedArrayBuffer(8 * 300_000)).fill(1.5);
    const id = await store.tensors.put(values);
    values.fill(0);
    expect((await store.tensors.get(id))?.every((value) => value === 1.5)).toBe(true);
    await store.close();
  });
});
