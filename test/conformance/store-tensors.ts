import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CHUNK_BYTES } from '../../src/jobs/store/tensor-store.ts';
import type { StoreBench } from './store-bench.ts';
import { aJob, anEnding, endedJob, expectSameBits, runningJob, START } from './store-fixtures.ts';

const CHUNK = CHUNK_BYTES / 8;

function ramp(length: number, start = 0): Float64Array {
  return Float64Array.from({ length }, (_, i) => start + i);
}

function sha256(...parts: Uint8Array[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

export function tensorConformance(bench: StoreBench): void {
  describe('tensors', () => {
    it.each([0, 1, 3, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK - 1])(
      'of %i values come back as they were put',
      async (length) => {
        const { tensors } = bench.store;
        const values = ramp(length, 0.5);
        const id = await tensors.put(values);
        expectSameBits(await tensors.get(id), values);
        const target = new Float64Array(new SharedArrayBuffer(length * 8));
        expect(await tensors.get(id, target)).toBe(target);
        expectSameBits(target, values);
      },
    );

    it('have the SHA-256 over the SHA-256s of their chunks for an id', async () => {
      const values = ramp(2 * CHUNK + 5);
      const bytes = new Uint8Array(values.buffer);
      const chunks = [0, 1, 2].map((i) => sha256(bytes.subarray(i * CHUNK_BYTES, (i + 1) * CHUNK_BYTES)));
      expect(await bench.store.tensors.put(values)).toBe(sha256(...chunks).toString('hex'));
      const small = Float64Array.of(1, 2);
      expect(await bench.store.tensors.put(small)).toBe(
        sha256(sha256(new Uint8Array(small.buffer))).toString('hex'),
      );
    });

    it('keep every bit, NaN payloads and −0 too', async () => {
      const bits = new BigUint64Array([
        0x7ff8_0000_dead_beefn,
        0xfff0_0000_0000_0001n,
        0x8000_0000_0000_0000n,
        1n,
      ]);
      const values = new Float64Array(bits.buffer);
      const id = await bench.store.tensors.put(values);
      expectSameBits(await bench.store.tensors.get(id), values);
      expectSameBits(await bench.store.tensors.slice(id, 1, 2), values.subarray(1, 3));
    });

    it('may be put from the middle of a buffer, shared or not', async () => {
      const all = ramp(9);
      const id = await bench.store.tensors.put(all.subarray(2, 5));
      const shared = new Float64Array(new SharedArrayBuffer(72));
      shared.set(all);
      expect(await bench.store.tensors.put(shared.subarray(2, 5))).toBe(id);
      expectSameBits(await bench.store.tensors.get(id), Float64Array.of(2, 3, 4));
    });

    it('do not follow changes of the array that they were put from or read into', async () => {
      const values = Float64Array.of(1, 2, 3);
      const id = await bench.store.tensors.put(values);
      values.fill(9);
      (await bench.store.tensors.get(id))?.fill(9);
      expectSameBits(await bench.store.tensors.get(id), Float64Array.of(1, 2, 3));
    });

    it('are the same tensor when they are the same numbers, put once, again or at once', async () => {
      const values = ramp(CHUNK + 7);
      const ids = await Promise.all([1, 2, 3].map(() => bench.store.tensors.put(values)));
      expect(new Set([...ids, await bench.store.tensors.put(values.slice())]).size).toBe(1);
      expectSameBits(await bench.store.tensors.get(ids[0]), values);
      bench.now += 1000;
      expect(await bench.store.tensors.sweepOrphans(bench.now)).toBe(values.byteLength);
    });

    it('are unknown under any other id', async () => {
      await bench.store.tensors.put(Float64Array.of(1));
      expect(await bench.store.tensors.get('0'.repeat(64))).toBeUndefined();
      expect(await bench.store.tensors.slice('0'.repeat(64), 0, 1)).toBeUndefined();
    });

    it('refuse a target of another length', async () => {
      const id = await bench.store.tensors.put(ramp(3));
      await expect(bench.store.tensors.get(id, new Float64Array(2))).rejects.toThrow(RangeError);
    });

    it('are read in slices, across chunk borders and past the end', async () => {
      const values = ramp(2 * CHUNK + 100);
      const id = await bench.store.tensors.put(values);
      const near = (at: number) => fc.integer({ min: Math.max(0, at - 3), max: at + 3 });
      const start = fc.oneof(near(0), near(CHUNK), near(2 * CHUNK), near(2 * CHUNK + 100), fc.nat(3 * CHUNK));
      const count = fc.oneof(fc.nat(5), near(CHUNK), near(2 * CHUNK));
      await fc.assert(
        fc.asyncProperty(start, count, async (start, count) => {
          const slice = await bench.store.tensors.slice(id, start, count);
          const expected = values.subarray(start, start + count);
          expectSameBits(slice, expected);
        }),
        { numRuns: 60 },
      );
    });
  });

  describe('the sweep of orphans', () => {
    it('removes what no job names and what was last put before the time given', async () => {
      const { tensors } = bench.store;
      const old = ramp(3);
      const large = ramp(9 * CHUNK + 1);
      const [a, b, c] = [await tensors.put(old), await tensors.put(large), await tensors.put(ramp(5, 7))];
      bench.now = START + 100;
      const young = await tensors.put(ramp(4, 50));
      await tensors.put(ramp(5, 7));
      expect(await tensors.sweepOrphans(START + 100)).toBe(old.byteLength + large.byteLength);
      expect(await tensors.get(a)).toBeUndefined();
      expect(await tensors.get(b)).toBeUndefined();
      expect(await tensors.slice(b, 0, 1)).toBeUndefined();
      expectSameBits(await tensors.get(c), ramp(5, 7));
      expectSameBits(await tensors.get(young), ramp(4, 50));
    });

    it('keeps what a job names, data and numeric gradient too, until the job is removed', async () => {
      const { jobs, tensors } = bench.store;
      const [theta, claimed, x] = [
        await tensors.put(ramp(2)),
        await tensors.put(ramp(3)),
        await tensors.put(ramp(4)),
      ];
      const job = aJob();
      await jobs.insert(job, { spec: '', numbers: { kind: 'tensors', theta, claimed, data: [x] } });
      const taken = await jobs.acquire(job.id, 'owner', START, START + 10);
      if (taken === undefined) throw new Error('The lease was free.');
      const numeric = await tensors.put(ramp(2, 9));
      await jobs.finish(taken.lease, anEnding({ numeric: { kind: 'tensor', id: numeric } }));
      const later = START + 1_000_000;
      expect(await tensors.sweepOrphans(later)).toBe(0);
      for (const id of [theta, claimed, x, numeric]) expect(await tensors.get(id)).toBeDefined();
      await jobs.remove(job.id);
      expect(await tensors.sweepOrphans(later)).toBe(8 * (2 + 3 + 4 + 2));
      expect(await tensors.get(theta)).toBeUndefined();
    });

    it('keeps what another job still names', async () => {
      const first = await endedJob(bench.store);
      await runningJob(bench.store);
      await bench.store.jobs.remove(first);
      expect(await bench.store.tensors.sweepOrphans(START + 1_000_000)).toBe(0);
    });

    it('goes through many tensors', async () => {
      const ids = await Promise.all(
        Array.from({ length: 600 }, (_, i) => bench.store.tensors.put(ramp(1, i))),
      );
      expect(await bench.store.tensors.sweepOrphans(START + 1)).toBe(600 * 8);
      for (const id of ids) expect(await bench.store.tensors.get(id)).toBeUndefined();
    });

    it('keeps a tensor that is put again while the sweep is under way', async () => {
      const ids = await Promise.all(
        Array.from({ length: 40 }, (_, i) => bench.store.tensors.put(ramp(2, i))),
      );
      bench.now = START + 100;
      const sweep = bench.store.tensors.sweepOrphans(START + 100);
      await Promise.all([...ids.keys()].map((i) => bench.store.tensors.put(ramp(2, i))));
      await sweep;
      for (const [i, id] of ids.entries()) expectSameBits(await bench.store.tensors.get(id), ramp(2, i));
    });

    it('never leaves a tensor half there, though it is put while it is swept', async () => {
      const values = ramp(12 * CHUNK);
      for (let round = 0; round < 4; round++) {
        const [id] = await Promise.all([
          bench.store.tensors.put(values),
          bench.store.tensors.sweepOrphans(START),
          bench.store.tensors.put(values),
        ]);
        expectSameBits(await bench.store.tensors.get(id), values);
        bench.now = START - 1000;
        await bench.store.tensors.put(values);
        bench.now = START;
      }
    });
  });
}
