import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { MemoryStore } from '../../src/jobs/store/memory/memory-store.ts';
import { openSqliteStore } from '../../src/jobs/store/sqlite/open-sqlite-store.ts';
import { storeConformance } from '../conformance/store-conformance.ts';

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

storeConformance(
  'SQLite file',
  async (clock) => {
    files += 1;
    const path = join(folder, `${files}`, 'store.sqlite');
    const store = await openSqliteStore({ path, clock });
    const reopen = async () => {
      await store.close();
      return openSqliteStore({ path, clock });
    };
    return { store, reopen };
  },
  { durable: true },
);
