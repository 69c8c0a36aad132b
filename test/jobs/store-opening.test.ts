import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Libsql from 'libsql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqliteStore } from '../../src/jobs/store/sqlite/open-sqlite-store.ts';
import { CHUNK_BYTES } from '../../src/jobs/store/tensor-store.ts';
import {
  anEnding,
  endedJob,
  expectSameBits,
  insertJob,
  runningJob,
  START,
} from '../conformance/store-fixtures.ts';
import { noTraits } from '../fixtures/no-traits.ts';

describe('opening a store', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gradcheck-opening-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('makes the folder and a file in write-ahead mode', async () => {
    const path = join(folder, 'a', 'b', 'store.sqlite');
    const store = await openSqliteStore({ path });
    await insertJob(store);
    await store.close();
    expect(new Libsql(path).pragma('journal_mode', { simple: true })).toMatchObject({ journal_mode: 'wal' });
  });

  it('takes a path with characters that mean something in a URL', async () => {
    const path = join(folder, 'a?mode=ro&b#c %20', 'file:store.sqlite');
    const store = await openSqliteStore({ path });
    const { id } = await insertJob(store);
    await store.close();
    const again = await openSqliteStore({ path });
    expect(await again.jobs.get(id)).toBeDefined();
    await again.close();
  });

  it('may be done twice at once on a new file', async () => {
    const path = join(folder, 'store.sqlite');
    const [a, b] = await Promise.all([openSqliteStore({ path }), openSqliteStore({ path })]);
    const { id } = await insertJob(a);
    expect(await b.jobs.get(id)).toBeDefined();
    await a.close();
    await b.close();
  });

  it('refuses a file of a later program and leaves it as it is', async () => {
    const path = join(folder, 'store.sqlite');
    const store = await openSqliteStore({ path });
    const id = await endedJob(store);
    await store.close();
    const file = new Libsql(path);
    file.exec('update store_state set schema_version = 1000');
    await expect(openSqliteStore({ path })).rejects.toMatchObject({
      code: 'storage-failed',
      message: expect.stringContaining('schema 1000'),
    });
    expect(file.prepare('select id from jobs').all([])).toEqual([{ id }]);
  });

  it('goes on with what a program stored that knew nothing of points', async () => {
    const path = join(folder, 'store.sqlite');
    const result = {
      stage: 'prepare',
      index: 0,
      noise: [],
      origin: { cost: 1, traits: noTraits },
      evaluations: 1,
    } as const;
    const first = await openSqliteStore({ path });
    const lease = await runningJob(first);
    await first.jobs.putShardResult(lease, result, { stage: 'sweep', completed: 1, total: 3 });
    await first.close();
    const file = new Libsql(path);
    file.exec(`create table old (job_id text not null references jobs (id) on delete cascade, stage text not null,
        shard bigint not null, bytes bigint not null, result blob not null,
        constraint shard_results_key primary key (job_id, stage, shard));
      insert into old select job_id, stage, shard, bytes, result from shard_results;
      drop table shard_results;
      alter table old rename to shard_results;
      update store_state set schema_version = 1;`);
    file.close();

    const second = await openSqliteStore({ path });
    expect(await second.jobs.shardResults(lease.jobId, 'prepare')).toEqual([result]);
    expect(await second.jobs.shardResults(lease.jobId, 'prepare', 2)).toEqual([]);
    await second.jobs.putShardResult(lease, result, { stage: 'sweep', completed: 2, total: 3 }, 2);
    expect(await second.jobs.shardResults(lease.jobId, 'prepare', 2)).toEqual([result]);
    await second.jobs.finish(lease, anEnding());
    expect(await second.jobs.shardResults(lease.jobId, 'prepare')).toEqual([]);
    await second.close();
  });

  it('refuses a file that is no database and leaves it as it is', async () => {
    const path = join(folder, 'store.sqlite');
    await writeFile(path, 'a letter to a friend, long enough to be looked at. '.repeat(40));
    const before = await readFile(path, 'utf8');
    await expect(openSqliteStore({ path })).rejects.toMatchObject({ code: 'storage-failed' });
    expect(await readFile(path, 'utf8')).toBe(before);
  });

  it('refuses writes once the store is closed', async () => {
    const store = await openSqliteStore({ path: join(folder, 'store.sqlite') });
    await store.close();
    await store.close();
    await expect(insertJob(store)).rejects.toMatchObject({ code: 'storage-failed' });
    await expect(store.jobs.get('x')).rejects.toMatchObject({ code: 'storage-failed' });
  });

  it('finds no tensor whose put was cut short, and finishes it when it is put again', async () => {
    const path = join(folder, 'store.sqlite');
    const values = new Float64Array((CHUNK_BYTES / 8) * 6).map((_, i) => i);
    const first = await openSqliteStore({ path, clock: () => START });
    const whole = await openSqliteStore({ path: ':memory:' });
    const id = await whole.tensors.put(values);
    const cut = expect(first.tensors.put(values)).rejects.toMatchObject({ code: 'storage-failed' });
    const file = new Libsql(path);
    const chunks = () => file.prepare('select count(*) as n from tensor_chunks').all([]);
    while (JSON.stringify(chunks()) === '[{"n":0}]') await new Promise((resolve) => setImmediate(resolve));
    await first.close();
    await cut;
    expect(chunks()).not.toEqual([{ n: 6 }]);

    const second = await openSqliteStore({ path, clock: () => START + 1 });
    expect(await second.tensors.get(id)).toBeUndefined();
    expect(await second.tensors.slice(id, 0, 1)).toBeUndefined();
    expect(await second.tensors.put(values)).toBe(id);
    expectSameBits(await second.tensors.get(id), values);
    expect(await second.tensors.sweepOrphans(START + 2)).toBe(values.byteLength);
    expect(chunks()).toEqual([{ n: 0 }]);
    await second.close();
    await whole.close();
  });

  it('lets the event loop run between the chunks of a large tensor', async () => {
    const store = await openSqliteStore({ path: join(folder, 'store.sqlite') });
    const values = new Float64Array((CHUNK_BYTES / 8) * 12).map((_, i) => i);
    let turns = 0;
    let counting = true;
    const count = () => {
      turns += 1;
      if (counting) setImmediate(count);
    };
    setImmediate(count);
    const turnsOf = async (work: () => Promise<unknown>) => {
      const before = turns;
      await work();
      return turns - before;
    };
    let id = '';
    const put = async () => {
      id = await store.tensors.put(values);
    };
    expect(await turnsOf(put)).toBeGreaterThanOrEqual(20);
    expect(await turnsOf(() => store.tensors.get(id))).toBeGreaterThanOrEqual(10);
    counting = false;
    await store.close();
  });
});
