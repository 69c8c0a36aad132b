import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { WorkerFile } from '../../src/jobs/executor/worker-file.ts';
import { openThreadStore } from '../../src/jobs/store/thread/open-thread-store.ts';
import { insertJob } from '../conformance/store-fixtures.ts';
import { builtWorker } from '../fixtures/built-worker.ts';
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
