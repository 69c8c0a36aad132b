import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { CheckJob } from '../../src/check/check-job.ts';
import type { Report } from '../../src/check/report/report.ts';
import { GradcheckError } from '../../src/errors/catalogue.ts';
import type { Store } from '../../src/jobs/store/job-store.ts';
import { MemoryStore } from '../../src/jobs/store/memory/memory-store.ts';
import { openSqliteStore } from '../../src/jobs/store/sqlite/open-sqlite-store.ts';
import {
  allEvents,
  createExecutor,
  type Process,
  startProcess,
  storedReport,
  undisturbedReport,
} from '../fixtures/coordination.ts';
import { type FaultName, faultyJob, faultyWorker } from '../fixtures/faulty-worker.ts';
import { interceptStore } from '../fixtures/intercepted-store.ts';
import { cubeJob, networkJob } from '../fixtures/jobs.ts';
import { startMortal } from '../fixtures/mortal-process.ts';
import { claimingRight } from '../fixtures/right-gradient.ts';
import { shardsOf } from '../fixtures/stage-shards.ts';

const network = networkJob([96, 80, 48, 10], 16);
const endless = networkJob([256, 256, 256, 128], 64);
/** Seconds of work, about a third of it behind its first parameter. */
const long = networkJob([32, 64, 96, 96, 10], 32);
let expected: Omit<Report, 'durationMs'>;
beforeAll(async () => {
  expected = await undisturbedReport(network);
});

describe('a job whose process dies', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gradcheck-recovery-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('is gone on with by the next process from the shards stored, and ends as if nothing had happened', async () => {
    const path = join(folder, 'resumed.sqlite');
    const store = await openSqliteStore({ path });
    const first = await startMortal(store, 0.5);
    const { job } = await first.coordinator.submit({ job: long, client: 'client' });
    // Late enough that the first parameter's event is stored too.
    await expect.poll(() => first.count('appendEvent'), { timeout: 20_000, interval: 5 }).toBe(1);
    await expect.poll(() => allEvents(store, job.id), { timeout: 20_000, interval: 5 }).toHaveLength(1);
    await first.kill();
    await store.close();

    const reopened = await openSqliteStore({ path });
    const stored = (await reopened.jobs.shardResults(job.id, 'sweep')).length;
    expect(stored).toBeGreaterThan(3);
    expect((await reopened.jobs.get(job.id))?.status).toBe('running');

    const second = await startMortal(reopened, 0.5);
    const { job: ended } = await second.coordinator.waitForEnd(job.id, 30_000);
    expect(ended.status).toBe('succeeded');
    expect(await storedReport(reopened, job.id)).toEqual(await undisturbedReport(long));
    expect(second.count('putShardResult')).toBe(shardsOf(long, 'sweep').length - stored);
    const events = await allEvents(reopened, job.id);
    expect(events.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5]);
    expect(events.map(({ type }) => type)).toEqual([...new Array(4).fill('parameter'), 'report']);
    expect(events.slice(0, 4).map(({ data }) => JSON.parse(data).name)).toEqual(['W1', 'W2', 'W3', 'W4']);
    await second.stop();
    await reopened.close();
  });

  it('is gone on with in the middle of a search for wrong components', async () => {
    const errors = new Map([
      [5, 0.5],
      [2_500, -0.01],
      [9_999, 0.1],
    ]);
    const job = claimingRight(networkJob([32, 64, 96, 96, 10], 32, 1, 'directional'), errors);
    const undisturbed = await undisturbedReport(job);
    const whole = await startMortal(new MemoryStore(), 600);
    const submitted = await whole.coordinator.submit({ job, client: 'client' });
    await whole.coordinator.waitForEnd(submitted.job.id, 30_000);
    await whole.stop();

    const path = join(folder, 'searched.sqlite');
    const store = await openSqliteStore({ path });
    const first = await startMortal(store, 0.5);
    const { id } = (await first.coordinator.submit({ job, client: 'client' })).job;
    const bisected = async () => (await store.jobs.shardResults(id, 'bisect')).length;
    await expect.poll(bisected, { timeout: 20_000, interval: 1 }).toBeGreaterThan(2);
    await first.kill();
    const sizes = await Promise.all(
      (['prepare', 'sweep', 'bisect'] as const).map((stage) => store.jobs.shardResults(id, stage)),
    );
    const stored = sizes.reduce((sum, { length }) => sum + length, 0);
    await store.close();

    const reopened = await openSqliteStore({ path });
    const second = await startMortal(reopened, 0.5);
    const { job: ended } = await second.coordinator.waitForEnd(id, 30_000);
    expect(ended).toMatchObject({ status: 'succeeded', verdict: 'fail' });
    expect(await storedReport(reopened, id)).toEqual(undisturbed);
    expect(undisturbed.components.failed).toBe(3);
    expect(second.count('putShardResult')).toBeGreaterThan(0);
    expect(second.count('putShardResult')).toBe(whole.count('putShardResult') - stored);
    await second.stop();
    await reopened.close();
  });

  it('is gone on with in the middle of a comparison of methods', async () => {
    const plain = claimingRight(
      networkJob([32, 64, 64, 10], 16, 1, 'node-perturbation'),
      new Map([[7, 0.5]]),
    );
    const settings = { ...plain.spec.settings, compareMethods: ['five-point'] as const };
    const job = { ...plain, spec: { ...plain.spec, settings } };
    const checked = shardsOf(plain, 'sweep').length;
    const path = join(folder, 'compared.sqlite');
    const store = await openSqliteStore({ path });
    const first = await startMortal(store, 0.5);
    const { id } = (await first.coordinator.submit({ job, client: 'client' })).job;
    const swept = async (from: Store) => (await from.jobs.shardResults(id, 'sweep')).length;
    await expect.poll(() => swept(store), { timeout: 20_000, interval: 1 }).toBeGreaterThan(checked + 2);
    await first.kill();
    await store.close();

    const reopened = await openSqliteStore({ path });
    const stored = await swept(reopened);
    expect(stored).toBeLessThan(shardsOf(job, 'sweep').length);
    const second = await startMortal(reopened, 0.5);
    const { job: ended } = await second.coordinator.waitForEnd(id, 30_000);
    expect(ended).toMatchObject({ status: 'succeeded', verdict: 'fail' });
    expect(await storedReport(reopened, id)).toEqual(await undisturbedReport(job));
    await second.stop();
    await reopened.close();
  });

  it('goes on at once in a next run under the same name, before the lease is over', async () => {
    const store = await openSqliteStore({ path: join(folder, 'same-owner.sqlite') });
    const first = await startMortal(store, 600, 'the service');
    const running = await first.coordinator.submit({ job: endless, client: 'client' });
    const waiting = await first.coordinator.submit({ job: cubeJob(), client: 'client' });
    await first.kill();
    const second = await startMortal(store, 600, 'the service');
    expect((await second.coordinator.waitForEnd(waiting.job.id, 20_000)).job.status).toBe('succeeded');
    await second.coordinator.cancel(running.job.id);
    expect((await second.coordinator.waitForEnd(running.job.id, 20_000)).job.status).toBe('cancelled');
    await second.stop();
    await store.close();
  });

  it('is cancelled by the next process when that was asked for meanwhile', async () => {
    const store = new MemoryStore();
    const first = await startMortal(store, 0.3);
    const { job } = await first.coordinator.submit({ job: endless, client: 'client' });
    await first.kill();
    await store.jobs.requestCancel(job.id);
    await expect.poll(() => store.jobs.claimable(Date.now(), 1), { timeout: 10_000 }).toHaveLength(1);
    // Its lease is so long that it is not renewed, and the cancellation not heard of that way, within this test.
    const second = await startMortal(store, 600);
    expect((await second.coordinator.waitForEnd(job.id, 10_000)).job.status).toBe('cancelled');
    expect(second.count('start')).toBe(0);
    await second.stop();
  });

  it('is found by a process that runs already, once its lease is over; many jobs are neither lost nor doubled', async () => {
    const store = new MemoryStore();
    const other = await startProcess(store, { leaseSeconds: 0.5 });
    const first = await startMortal(store, 0.5);
    const jobs = await Promise.all(
      Array.from({ length: 30 }, (_, i) =>
        first.coordinator.submit({ job: networkJob([8, 6, 3], 5, i), client: 'client' }),
      ),
    );
    await first.kill();
    for (const [i, { job }] of jobs.entries()) {
      expect((await other.coordinator.waitForEnd(job.id, 20_000)).job.status).toBe('succeeded');
      expect(await storedReport(store, job.id)).toEqual(await undisturbedReport(networkJob([8, 6, 3], 5, i)));
      expect((await allEvents(store, job.id)).map(({ id }) => id)).toEqual([1, 2, 3]);
    }
    await other.stop();
  });
});

describe('a process that is only thought dead', () => {
  it('leaves the job alone once another has its lease, and its watchers still hear of the end', async () => {
    const store = new MemoryStore();
    let renewing = true;
    const first = await startProcess(
      interceptStore(store, (method) =>
        method === 'renew' && !renewing ? Promise.reject(new Error('cut off')) : undefined,
      ),
      { leaseSeconds: 0.6 },
    );
    const { job } = await first.coordinator.submit({ job: endless, client: 'client' });
    const heard = first.coordinator.waitForEnd(job.id, 20_000);
    renewing = false;
    const second = await startProcess(store, { leaseSeconds: 1 });
    await expect.poll(async () => (await store.jobs.get(job.id))?.fence, { timeout: 20_000 }).toBe(2);
    await expect
      .poll(() => first.coordinator.load(), { timeout: 20_000 })
      .toEqual({ jobs: 0, workSeconds: 0, shards: 0 });
    await second.coordinator.cancel(job.id);
    expect((await heard).job.status).toBe('cancelled');
    expect((await allEvents(store, job.id)).map(({ type }) => type)).toEqual(['cancelled']);
    await Promise.all([first.stop(), second.stop()]);
  });

  it('hears of a cancellation that was asked of another process', async () => {
    const store = new MemoryStore();
    const first = await startProcess(store, { leaseSeconds: 0.6 });
    const second = await startProcess(store, { leaseSeconds: 0.6 });
    const { job } = await first.coordinator.submit({ job: endless, client: 'client' });
    await second.coordinator.cancel(job.id);
    expect((await second.coordinator.waitForEnd(job.id, 10_000)).job.status).toBe('cancelled');
    await Promise.all([first.stop(), second.stop()]);
  });
});

describe('a shard that ends its thread', () => {
  let here: Process;
  const start = async (fault: FaultName) => {
    const shardTimeoutSeconds = fault === 'hang' ? 3 : 60;
    const resourceLimits = { maxOldGenerationSizeMb: 64 };
    const executor = createExecutor({ shardTimeoutSeconds, worker: faultyWorker, resourceLimits });
    here = await startProcess(new MemoryStore(), {}, executor);
  };
  afterEach(() => here.stop());

  /** @param whole a job that is small enough to be run as a whole, in place of one of many shards */
  const run = async (fault: FaultName, times: number, whole?: CheckJob) => {
    const faulty = whole ? faultyJob(whole, fault, times, 0, 'whole') : faultyJob(network, fault, times);
    const { job } = await here.coordinator.submit({ job: faulty, client: 'client' });
    return (await here.coordinator.waitForEnd(job.id, 50_000)).job;
  };

  it.each(['exit', 'late-throw', 'heap', 'hang', 'afterthought'] as const)(
    'by %s is run again, and the report is that of an undisturbed run',
    async (fault) => {
      await start(fault);
      const ended = await run(fault, 1);
      expect(ended).toMatchObject({ status: 'succeeded' });
      expect(await storedReport(here.store, ended.id)).toEqual(expected);
      await expect.poll(() => here.executor.liveThreads(), { timeout: 20_000 }).toBe(2);
    },
  );

  it.each([
    ['exit', 'shard-crashed'],
    ['heap', 'shard-out-of-memory'],
    ['hang', 'shard-timeout'],
    ['throw', 'shard-failed'],
  ] as const)('by %s every time fails its job with %s; other jobs go on', async (fault, code) => {
    await start(fault);
    const other = await here.coordinator.submit({ job: network, client: 'other' });
    expect(await run(fault, 99)).toMatchObject({ status: 'failed', error: { code } });
    expect((await here.coordinator.waitForEnd(other.job.id, 30_000)).job.status).toBe('succeeded');
    expect(await storedReport(here.store, other.job.id)).toEqual(expected);
    await expect.poll(() => here.executor.liveThreads(), { timeout: 20_000 }).toBe(2);
  });

  it('under a job that is run as a whole has it run once more, and then fails it', async () => {
    await start('exit');
    const small = cubeJob();
    const ended = await run('exit', 1, small);
    expect(ended).toMatchObject({ status: 'succeeded', progress: { completed: 1, total: 1 } });
    expect(await storedReport(here.store, ended.id)).toEqual(await undisturbedReport(small));
    expect((await allEvents(here.store, ended.id)).map(({ type }) => type)).toEqual(['parameter', 'report']);
    expect(await run('exit', 99, small)).toMatchObject({
      status: 'failed',
      error: { code: 'shard-crashed' },
    });
    expect(await run('throw', 99, small)).toMatchObject({
      status: 'failed',
      error: { code: 'shard-failed' },
    });
  });
});

describe('a store that cannot be written', () => {
  it('is waited for: no job is lost, and new ones are refused with its own code', async () => {
    let full = false;
    const writes = ['insert', 'start', 'putShardResult', 'appendEvent', 'finish', 'put', 'begin', 'renew'];
    const store = new MemoryStore();
    const here = await startProcess(
      interceptStore(store, (method) =>
        full && writes.includes(method)
          ? Promise.reject(new GradcheckError('storage-full', 'there is no room left'))
          : undefined,
      ),
    );
    const jobs = [];
    for (const job of [network, cubeJob()])
      jobs.push((await here.coordinator.submit({ job, client: 'client' })).job);
    full = true;
    await expect(here.coordinator.submit({ job: cubeJob(), client: 'client' })).rejects.toMatchObject({
      code: 'storage-full',
    });
    const waited = await here.coordinator.waitForEnd(jobs[0].id, 1500);
    expect(waited.job.status).toBe('running');
    full = false;
    for (const { id } of jobs)
      expect((await here.coordinator.waitForEnd(id, 20_000)).job.status).toBe('succeeded');
    expect(await storedReport(store, jobs[0].id)).toEqual(expected);
    expect((await allEvents(store, jobs[0].id)).map(({ id }) => id)).toEqual([1, 2, 3, 4]);
    expect(here.coordinator.load().jobs).toBe(0);
    await here.stop();
  });

  it('and fails after it has written does not have an event twice', async () => {
    const store = new MemoryStore();
    const append = store.jobs.appendEvent.bind(store.jobs);
    let lost = 0;
    store.jobs.appendEvent = async (lease, event) => {
      const stored = await append(lease, event);
      if (lost >= 2) return stored;
      lost++;
      throw new GradcheckError('storage-failed', 'the answer was lost');
    };
    const here = await startProcess(store);
    const { job } = await here.coordinator.submit({ job: network, client: 'client' });
    expect((await here.coordinator.waitForEnd(job.id, 30_000)).job.status).toBe('succeeded');
    const events = await allEvents(store, job.id);
    expect(lost).toBeGreaterThan(0);
    expect(events.map(({ id }) => id)).toEqual([1, 2, 3, 4]);
    expect(new Set(events.map(({ data }) => data)).size).toBe(4);
    await here.stop();
  });
});

describe('a process that stops', () => {
  it('refuses new jobs, stores the shards that run, and leaves every job to be taken up at once', async () => {
    const store = new MemoryStore();
    const first = await startProcess(store, { leaseSeconds: 600 });
    const running = await first.coordinator.submit({ job: network, client: 'client' });
    const waiting = [];
    for (let i = 0; i < 6; i++)
      waiting.push(await first.coordinator.submit({ job: network, client: 'client' }));
    await expect
      .poll(() => first.coordinator.watch(running.job.id).progress()?.completed, { timeout: 20_000 })
      .toBeGreaterThan(0);
    const heard = first.coordinator.waitForEnd(waiting[5].job.id, 60_000);
    const started = performance.now();
    const stopping = first.coordinator.stop();
    await expect(first.coordinator.submit({ job: network, client: 'client' })).rejects.toMatchObject({
      code: 'stopping',
      retryAfter: expect.any(Number),
    });
    expect((await heard).job.status).toBe('queued');
    await stopping;
    await first.executor.destroy();
    expect(performance.now() - started).toBeLessThan(9000);
    expect((await store.jobs.shardResults(running.job.id, 'sweep')).length).toBeGreaterThan(0);
    expect(await store.jobs.claimable(Date.now(), 100)).toHaveLength(7);

    const second = await startProcess(store);
    expect((await second.coordinator.waitForEnd(running.job.id, 30_000)).job.status).toBe('succeeded');
    expect(await storedReport(store, running.job.id)).toEqual(expected);
    await second.stop();
  });

  it('does so in time even while a shard hangs and the store cannot be written', async () => {
    const executor = createExecutor({ worker: faultyWorker });
    let full = false;
    const store = interceptStore(new MemoryStore(), (method) =>
      full && method !== 'get'
        ? Promise.reject(new GradcheckError('storage-full', 'there is no room left'))
        : undefined,
    );
    const here = await startProcess(store, {}, executor);
    await here.coordinator.submit({ job: faultyJob(network, 'hang', 99), client: 'client' });
    await new Promise((resolve) => setTimeout(resolve, 1500));
    full = true;
    const started = performance.now();
    await here.stop();
    expect(performance.now() - started).toBeLessThan(9000);
  });
});
