import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Libsql from 'libsql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../../src/jobs/store/job-store.ts';
import { openSqliteStore } from '../../src/jobs/store/sqlite/open-sqlite-store.ts';
import {
  aJob,
  anEnding,
  aPayload,
  aReport,
  endedJob,
  expectSameBits,
  insertJob,
  runningJob,
  START,
} from '../conformance/store-fixtures.ts';
import { type Mount, mounted, mountReadOnly, mountSmallDisk } from './store-mount.ts';

const MIB = 1 << 20;

function filled(length: number, value: number): Float64Array {
  return new Float64Array(length).fill(value);
}

function integrityOf(path: string): unknown {
  return new Libsql(path).pragma('integrity_check', { simple: true });
}

describe('a store on a disk', () => {
  let folder = '';
  const mounts: Mount[] = [];
  const stores: Store[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gradcheck-disk-'));
  });
  afterEach(async () => {
    for (const store of stores.splice(0)) await store.close();
    for (const mount of mounts.splice(0).reverse()) await mount.unmount();
    await rm(folder, { recursive: true, force: true });
  });

  async function open(path: string): Promise<Store> {
    const store = await openSqliteStore({ path, clock: () => START });
    stores.push(store);
    return store;
  }

  describe('that is full', () => {
    /** Puts tensors until one does not fit. @returns the values whose put was acknowledged, by id. */
    async function fill(store: Store): Promise<Map<string, Float64Array>> {
      const kept = new Map<string, Float64Array>();
      for (let i = 0; ; i++) {
        const values = filled(12_000, i);
        try {
          kept.set(await store.tensors.put(values), values);
        } catch (error) {
          expect(error).toMatchObject({ code: 'storage-full' });
          return kept;
        }
      }
    }

    it('says so, keeps all it acknowledged, goes on reading, and writes again once there is room', async (context) => {
      const disk = await mounted(context, mountSmallDisk(join(folder, 'disk'), 4 * MIB));
      mounts.push(disk);
      const ballast = join(disk.path, 'ballast');
      await writeFile(ballast, Buffer.alloc(MIB, 1));
      const path = join(disk.path, 'store.sqlite');
      const store = await open(path);
      const ended = await endedJob(store, { name: 'before' });
      const running = await runningJob(store);

      const kept = await fill(store);
      expect(kept.size).toBeGreaterThan(5);
      await expect(store.tensors.put(filled(200_000, -1))).rejects.toMatchObject({ code: 'storage-full' });
      for (const [id, values] of kept) expectSameBits(await store.tensors.get(id), values);
      expect((await store.jobs.get(ended))?.name).toBe('before');
      expect(await store.jobs.report(ended)).toBe(JSON.stringify(aReport()));
      expect((await store.jobs.list({}, 10)).jobs).toHaveLength(2);

      await rm(ballast);
      const after = filled(30_000, 0.5);
      const id = await store.tensors.put(after);
      expectSameBits(await store.tensors.get(id), after);
      expect(await store.jobs.finish(running, anEnding({ numeric: { kind: 'tensor', id } }))).toHaveLength(1);
      await store.close();
      expect(integrityOf(path)).toMatchObject({ integrity_check: 'ok' });

      const again = await open(path);
      for (const [id, values] of kept) expectSameBits(await again.tensors.get(id), values);
      expect((await again.jobs.get(running.jobId))?.status).toBe('succeeded');
    });

    it('refuses what does not fit and takes what does, though they arrive together', async (context) => {
      const disk = await mounted(context, mountSmallDisk(join(folder, 'disk'), 3 * MIB));
      mounts.push(disk);
      const store = await open(join(disk.path, 'store.sqlite'));
      const payload = await aPayload(store);
      const spec = 'x'.repeat(4 * MIB);
      const jobs = Array.from({ length: 9 }, () => aJob());
      const outcomes = await Promise.allSettled(
        jobs.map((job, i) => store.jobs.insert(job, i === 4 ? { ...payload, spec } : payload)),
      );
      for (const [i, outcome] of outcomes.entries()) {
        if (i === 4) expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'storage-full' } });
        else expect(outcome).toMatchObject({ status: 'fulfilled', value: { kind: 'inserted' } });
        expect((await store.jobs.get(jobs[i].id)) === undefined).toBe(i === 4);
      }
    });
  });

  describe('that cannot be written', () => {
    it('reads what is there and says that it cannot write', async (context) => {
      const before = await openSqliteStore({
        path: join(folder, 'data', 'store.sqlite'),
        clock: () => START,
      });
      const id = await endedJob(before, { name: 'kept' });
      const tensor = await before.tensors.put(filled(200_000, 3));
      await before.close();
      await copyClosed(join(folder, 'data'), join(folder, 'copy'));
      const disk = await mounted(context, mountReadOnly(join(folder, 'copy'), join(folder, 'disk')));
      mounts.push(disk);

      const store = await open(join(disk.path, 'store.sqlite'));
      expect((await store.jobs.get(id))?.name).toBe('kept');
      expect(await store.jobs.report(id)).toBe(JSON.stringify(aReport()));
      expectSameBits(await store.tensors.get(tensor), filled(200_000, 3));
      await expect(insertJob(store)).rejects.toMatchObject({ code: 'storage-read-only' });
      await expect(store.jobs.remove(id)).rejects.toMatchObject({ code: 'storage-read-only' });
      await expect(store.ping()).rejects.toMatchObject({ code: 'storage-read-only' });
      expect((await store.jobs.get(id))?.name).toBe('kept');
    });

    it('reads what a process that was killed left in the write-ahead log', async (context) => {
      const before = await open(join(folder, 'data', 'store.sqlite'));
      const id = await endedJob(before, { name: 'in the log' });
      expect(await readdir(join(folder, 'data'))).toContain('store.sqlite-wal');
      const disk = await mounted(context, mountReadOnly(join(folder, 'data'), join(folder, 'disk')));
      mounts.push(disk);
      const store = await open(join(disk.path, 'store.sqlite'));
      expect((await store.jobs.get(id))?.name).toBe('in the log');
      await expect(insertJob(store)).rejects.toMatchObject({ code: 'storage-read-only' });
    });

    it('says so when there is nothing to read either', async (context) => {
      const disk = await mounted(context, mountReadOnly(folder, join(folder, 'disk')));
      mounts.push(disk);
      for (const path of [join(disk.path, 'store.sqlite'), join(disk.path, 'new', 'store.sqlite')]) {
        await expect(openSqliteStore({ path })).rejects.toMatchObject({ code: 'storage-read-only' });
      }
    });
  });
});

/** A store's file as it is when its process has gone: libsql keeps its other files until the statements are collected. */
async function copyClosed(from: string, to: string): Promise<void> {
  await cp(from, to, { recursive: true, filter: (path) => !/-(wal|shm)$/.test(path) });
}
