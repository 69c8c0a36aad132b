import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Libsql from 'libsql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tensorsOf } from '../../src/jobs/job-payload.ts';
import type { Store } from '../../src/jobs/store/job-store.ts';
import { openSqliteStore } from '../../src/jobs/store/sqlite/open-sqlite-store.ts';
import {
  aParameterEvent,
  aReport,
  expectSameBits,
  insertJob,
  runningJob,
  START,
} from '../conformance/store-fixtures.ts';
import type { Acknowledged } from './store-writer.ts';

const WRITER = fileURLToPath(new URL('./store-writer.ts', import.meta.url));

describe('a store file', () => {
  let folder = '';
  let path = '';
  const writers: ChildProcess[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gradcheck-processes-'));
    path = join(folder, 'store.sqlite');
  });
  afterEach(async () => {
    for (const writer of writers.splice(0)) writer.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });

  /** Starts a process that writes jobs. @returns it and what it has acknowledged so far. */
  function startWriter(name: string, jobs: number): { writer: ChildProcess; told: Acknowledged[] } {
    const writer = fork(WRITER, [path, name, String(jobs)], { execArgv: ['--import', 'tsx'] });
    writers.push(writer);
    const told: Acknowledged[] = [];
    writer.on('message', (message: Acknowledged) => told.push(message));
    return { writer, told };
  }

  /** Everything that was acknowledged is there, whole. */
  async function expectAll(store: Store, told: readonly Acknowledged[]): Promise<void> {
    for (const each of told) {
      if (each.kind === 'done') continue;
      const job = await store.jobs.get(each.id);
      expect(job).toBeDefined();
      if (each.kind === 'inserted') {
        const values = await store.tensors.get(each.tensor);
        const i = Number(each.id.split('-')[1]);
        expectSameBits(values, new Float64Array(i % 10 === 0 ? 300_000 : 40).fill(i));
      } else if (each.kind === 'event') {
        expect(await store.jobs.events(each.id, each.number - 1, 1)).toMatchObject([{ id: each.number }]);
      } else {
        expect(job?.status).toBe('succeeded');
        expect(await store.jobs.report(each.id)).toBe(JSON.stringify(aReport()));
      }
    }
  }

  /** No job is there by half: its events have no gap, its payload and tensors are whole. */
  async function expectConsistent(store: Store): Promise<number> {
    const { jobs } = await store.jobs.list({}, 100_000);
    for (const { id, status } of jobs) {
      const events = await store.jobs.events(id, 0, 10);
      expect(events.map((event) => event.id)).toEqual(events.map((_, i) => i + 1));
      expect(events.at(-1)?.type === 'report').toBe(status === 'succeeded');
      const payload = await store.jobs.payload(id);
      const named = payload === undefined ? ['none'] : [...tensorsOf(payload.numbers)];
      expect(named).not.toHaveLength(0);
      for (const tensor of named) {
        expect(await store.tensors.get(tensor)).toBeDefined();
      }
    }
    return jobs.length;
  }

  it('holds everything that was acknowledged when its process is killed, at any moment', async () => {
    const told: Acknowledged[] = [];
    for (let round = 0; round < 4; round++) {
      const { writer, told: toldNow } = startWriter(`round${round}`, 1_000_000);
      while (toldNow.length < 20 + 61 * round) await once(writer, 'message');
      writer.kill('SIGKILL');
      await once(writer, 'close');
      told.push(...toldNow);
      const store = await openSqliteStore({ path });
      await expectAll(store, told);
      await expectConsistent(store);
      await store.close();
    }
    expect(new Libsql(path).pragma('integrity_check', { simple: true })).toMatchObject({
      integrity_check: 'ok',
    });
  });

  it('takes the writes of two processes at once', async () => {
    const { writer, told } = startWriter('child', 40);
    const store = await openSqliteStore({ path });
    let inserted = 0;
    while (!told.some(({ kind }) => kind === 'done')) {
      const lease = await runningJob(store, { createdAt: START + inserted });
      for (let k = 0; k < 3; k++) {
        await store.jobs.appendEvent(lease, aParameterEvent('W'));
      }
      inserted += 1;
    }
    await once(writer, 'close');
    expect(inserted).toBeGreaterThan(0);
    await expectAll(store, told);
    expect(told).toHaveLength(40 * 5 + 1);
    expect(await expectConsistent(store)).toBe(40 + inserted);
    await store.close();
  });

  it('waits for another process that writes without holding up reads or the event loop', async () => {
    const store = await openSqliteStore({ path });
    const { id } = await insertJob(store);
    const other = new Libsql(path);
    other.exec('begin immediate');
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 10);
    const written = store.jobs.requestCancel(id);
    let isWritten = false;
    written.then(() => {
      isWritten = true;
    });
    while (turns < 20) {
      expect((await store.jobs.get(id))?.cancelRequested).toBe(false);
      await pause(5);
    }
    expect(isWritten).toBe(false);
    other.exec('commit');
    expect((await written)?.cancelRequested).toBe(true);
    clearInterval(timer);
    await store.close();
  });

  it('says so when another process does not stop writing, and writes once it does', async () => {
    const store = await openSqliteStore({ path });
    const { id } = await insertJob(store);
    const other = new Libsql(path);
    other.exec('begin immediate');
    const writes = [store.jobs.requestCancel(id), store.jobs.requestCancel(id), store.ping()];
    for (const outcome of await Promise.allSettled(writes)) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'storage-failed' } });
    }
    other.exec('commit');
    expect((await store.jobs.requestCancel(id))?.cancelRequested).toBe(true);
    await store.close();
  });
});

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
