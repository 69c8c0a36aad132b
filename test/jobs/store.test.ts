import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import type { Store } from '../../src/jobs/store/job-store.ts';
import { MemoryStore } from '../../src/jobs/store/memory/memory-store.ts';
import { openSqliteStore, type SqliteStoreOptions } from '../../src/jobs/store/sqlite/open-sqlite-store.ts';
import { openThreadStore } from '../../src/jobs/store/thread/open-thread-store.ts';
import type { OpenStore } from '../conformance/store-bench.ts';
import { storeConformance } from '../conformance/store-conformance.ts';
import { builtWorker } from '../fixtures/built-worker.ts';

storeConformance('in-memory', async (clock) => ({ store: new MemoryStore(clock) }), { durable: false });

storeConformance(
  'SQLite :memory:',
  async (clock) => ({ store: await openSqliteStore({ path: ':memory:', clock }) }),
  { durable: false },
);

let folder = '';
let files = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gradcheck-store-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const onDisk =
  (openStore: (options: SqliteStoreOptions) => Promise<Store>): OpenStore =>
  async (clock) => {
    files += 1;
    const path = join(folder, `${files}`, 'store.sqlite');
    const store = await openStore({ path, clock });
    const reopen = async () => {
      await store.close();
      return openStore({ path, clock });
    };
    return { store, reopen };
  };

storeConformance('SQLite file', onDisk(openSqliteStore), { durable: true });

storeConformance(
  'SQLite file on a thread of its own',
  onDisk((options) => openThreadStore({ ...options, worker: builtWorker('store') })),
  { durable: true },
);
