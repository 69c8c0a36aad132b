import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CheckJob } from '../../src/check/check-job.ts';
import { estimate } from '../../src/check/plan/estimate.ts';
import type { JobRecord } from '../../src/jobs/job-record.ts';
import { sliceNumbers } from '../../src/jobs/numbers.ts';
import { MemoryStore } from '../../src/jobs/store/memory/memory-store.ts';
import {
  allEvents,
  createExecutor,
  type Process,
  startProcess,
  storedReport,
  undisturbedReport,
} from '../fixtures/coordination.ts';
import { cubeJob, networkJob } from '../fixtures/jobs.ts';
import { claimingRight } from '../fixtures/right-gradient.ts';

/** About 0.2 s of work in 16 shards. */
const network = networkJob([64, 64, 32, 10], 16);
/** Minutes of work. */
const endless = networkJob([256, 256, 256, 128], 64);

let here: Process;
beforeAll(async () => {
  here = await startProcess(new MemoryStore());
});
afterAll(() => here.stop());

const submit = async (job: CheckJob, client = 'client') =>
  (await here.coordinator.submit({ job, client })).job;
const end = async (job: JobRecord) => (await here.coordinator.waitForEnd(job.id, 30_000)).job;

describe('a job that is submitted', () => {
  it('is stored, run and ended with the report that the check alone makes', async () => {
    const accepted = await submit(network);
    expect(await here.store.jobs.get(accepted.id)).toMatchObject({ client: 'client', components: 6464 });
    const ended = await end(accepted);
    expect(ended).toMatchObject({ status: 'succeeded', verdict: 'fail' });
    expect(ended.progress).toEqual({ stage: 'sweep', completed: 6464, total: 6464 });
    expect(await here.coordinator.get(accepted.id)).toMatchObject({ status: 'succeeded', verdict: 'fail' });
    expect(await storedReport(here.store, accepted.id)).toEqual(await undisturbedReport(network));
  });

  it('leaves its numeric gradient in the store', async () => {
    const { id } = await end(await submit(cubeJob({ method: 'forward', epsilon: 0.01 })));
    const numeric = await here.store.jobs.numeric(id);
    const [value] = (numeric && (await sliceNumbers(numeric, here.store.tensors, 0, 1))) ?? [];
    expect(Math.abs(value - 3.0301)).toBeLessThan(1e-12);
  });

  it.each([
    ['a long job', network],
    ['a short job', networkJob([4, 5, 3, 1], 7)],
  ])(
    'has one event for each parameter, in order and without gaps, and then the report: %s',
    async (_, job) => {
      const { id } = await end(await submit(job));
      const events = await allEvents(here.store, id);
      expect(events.map((event) => event.id)).toEqual([1, 2, 3, 4]);
      expect(events.map((event) => event.type)).toEqual(['parameter', 'parameter', 'parameter', 'report']);
      const data = events.map((event) => JSON.parse(event.data));
      expect(data.slice(0, 3).map(({ name }) => name)).toEqual(['W1', 'W2', 'W3']);
      expect(data[3]).toEqual(JSON.parse((await here.store.jobs.report(id)) ?? ''));
      // The report adds the histogram, and why a parameter is wrong.
      expect(data[3].parameters[0]).toMatchObject(data[0]);
    },
  );

  it('fails with both numbers when its cost is not what the client computed', async () => {
    const job = cubeJob();
    const { status, error, id } = await end(await submit({ ...job, spec: { ...job.spec, cost: 2 } }));
    expect(status).toBe('failed');
    expect(error).toMatchObject({ code: 'cost-mismatch', data: { claimed: 2, computed: 1 } });
    const events = await allEvents(here.store, id);
    expect(events.map(({ id: number, type }) => [number, type])).toEqual([[1, 'failed']]);
    expect(await here.store.jobs.report(id)).toBeUndefined();
  });

  it('expires after the retention time', async () => {
    const { finishedAt = 0, expiresAt } = await end(await submit(cubeJob()));
    expect(expiresAt).toBe(finishedAt + 30 * 86_400_000);
  });
});

describe('the report', () => {
  const small = networkJob([24, 20, 10], 16);
  const errors = new Map([
    [17, 0.5],
    [20_000, -1e-3],
    [40_000, 0.01],
  ]);
  const complex = { ...small.spec.settings, method: 'complex-step' } as const;
  const jobs = [
    network,
    networkJob([200, 160, 100, 10], 40, 1, 'node-perturbation'),
    { ...small, spec: { ...small.spec, settings: complex } },
    claimingRight(networkJob([200, 160, 100, 10], 40, 1, 'directional'), errors),
  ];

  it.each([1, 2, 8])('is the same to the last bit on 1, 2 and 8 threads: %i', async (threads) => {
    const other = await startProcess(new MemoryStore(), {}, createExecutor({ threads }));
    for (const job of jobs) {
      const { id } = (await other.coordinator.submit({ job, client: 'client' })).job;
      await other.coordinator.waitForEnd(id, 30_000);
      expect(await storedReport(other.store, id)).toEqual(await undisturbedReport(job));
    }
    await other.stop();
  });
});

describe('the live feed of a job', () => {
  it('tells of progress that grows, a few times a second, and of every event as it is stored', async () => {
    const slow = await submit(networkJob([128, 96, 32], 32));
    const watch = here.coordinator.watch(slow.id);
    const progress: number[] = [];
    const events: number[] = [];
    let last = 0;
    const unsubscribe = watch.onChange(async () => {
      const live = watch.progress();
      if (live !== undefined) progress.push(live.completed);
      for (const { id } of await watch.events(last, 100)) {
        if (id > last) events.push(id);
        last = Math.max(last, id);
      }
    });
    const started = performance.now();
    await end(slow);
    const tenths = (performance.now() - started) / 100;
    unsubscribe();
    expect(progress.length).toBeGreaterThan(2);
    expect(progress.length).toBeLessThan(tenths + 8);
    expect(progress).toEqual(progress.toSorted((a, b) => a - b));
    expect(events).toEqual([1, 2, 3]);
  });

  it('knows the rate and the time to the end while the job runs, and nothing of it afterwards', async () => {
    const job = await submit(endless);
    const watch = here.coordinator.watch(job.id);
    await expect.poll(() => watch.progress()?.rate, { timeout: 20_000 }).toBeGreaterThan(0);
    const { completed = 0, total = 0, rate = 0, etaSeconds } = watch.progress() ?? {};
    expect(etaSeconds).toBeCloseTo((total - completed) / rate);
    expect(await here.coordinator.get(job.id)).toMatchObject({ status: 'running', progress: { total } });
    await here.coordinator.cancel(job.id);
    await end(job);
    expect(watch.progress()).toBeUndefined();
  });

  it('answers readers from memory, not from the store', async () => {
    const { id } = await submit(endless);
    const watch = here.coordinator.watch(id);
    const original = here.store.jobs.events;
    here.store.jobs.events = () => Promise.reject(new Error('the store was asked'));
    expect(await watch.events(0, 10)).toEqual([]);
    here.store.jobs.events = original;
    await here.coordinator.cancel(id);
  });
});

describe('cancelling', () => {
  it('ends a running job within a second and frees its threads', async () => {
    const job = await submit(endless);
    await expect
      .poll(() => here.coordinator.watch(job.id).progress()?.completed, { timeout: 20_000 })
      .toBeGreaterThan(0);
    const started = performance.now();
    expect(await here.coordinator.cancel(job.id)).toMatchObject({ cancelRequested: true });
    expect(await end(job)).toMatchObject({ status: 'cancelled' });
    expect(performance.now() - started).toBeLessThan(1000);
    const types = (await allEvents(here.store, job.id)).map(({ type }) => type);
    expect(types.at(-1)).toBe('cancelled');
    expect(await end(await submit(cubeJob()))).toMatchObject({ status: 'succeeded' });
  });

  it('ends a waiting job at once', async () => {
    const busy = [];
    for (let i = 0; i < 8; i++) busy.push(await submit(endless));
    const waiting = await submit(endless);
    expect(waiting.status).toBe('queued');
    expect(await here.coordinator.cancel(waiting.id)).toMatchObject({ status: 'cancelled' });
    for (const job of busy) await here.coordinator.cancel(job.id);
    for (const job of busy) expect(await end(job)).toMatchObject({ status: 'cancelled' });
  });

  it('says why it cannot be done', async () => {
    const ended = await end(await submit(cubeJob()));
    await expect(here.coordinator.cancel(ended.id)).rejects.toMatchObject({ code: 'job-terminal' });
    await expect(here.coordinator.cancel('no-such-job')).rejects.toMatchObject({ code: 'job-not-found' });
    await here.store.jobs.remove(ended.id);
    await expect(here.coordinator.cancel(ended.id)).rejects.toMatchObject({ code: 'job-removed' });
    await expect(here.coordinator.get(ended.id)).rejects.toMatchObject({ code: 'job-removed' });
    await expect(here.coordinator.get('no-such-job')).rejects.toMatchObject({ code: 'job-not-found' });
  });
});

describe('a deadline', () => {
  it('fails a job that takes longer, and frees its threads', async () => {
    const hurried = await startProcess(new MemoryStore(), { jobDeadlineSeconds: 0.3 });
    const { job } = await hurried.coordinator.submit({ job: endless, client: 'client' });
    const { job: ended } = await hurried.coordinator.waitForEnd(job.id, 10_000);
    expect(ended).toMatchObject({ status: 'failed', error: { code: 'deadline-exceeded' } });
    expect(hurried.coordinator.load()).toEqual({ jobs: 0, workSeconds: 0, shards: 0 });
    await hurried.stop();
  });
});

describe('an Idempotency-Key', () => {
  const idempotency = { key: 'key', fingerprint: 'a' };

  it('gives the same job for the same content, also when both come at once', async () => {
    const submissions = Array.from({ length: 5 }, () =>
      here.coordinator.submit({ job: cubeJob(), client: 'one', idempotency }),
    );
    const outcomes = await Promise.all(submissions);
    expect(new Set(outcomes.map(({ job }) => job.id)).size).toBe(1);
    expect(outcomes.filter(({ kind }) => kind === 'accepted')).toHaveLength(1);
    await end(outcomes[0].job);
    const again = await here.coordinator.submit({ job: cubeJob(), client: 'one', idempotency });
    expect(again).toMatchObject({ kind: 'repeated', job: { id: outcomes[0].job.id, status: 'succeeded' } });
    expect(here.coordinator.load().jobs).toBe(0);
  });

  it('is refused with other content, and means nothing to another client', async () => {
    const other = { key: 'key', fingerprint: 'b' };
    await here.coordinator.submit({ job: cubeJob(), client: 'two', idempotency });
    await expect(
      here.coordinator.submit({ job: cubeJob(), client: 'two', idempotency: other }),
    ).rejects.toMatchObject({ code: 'idempotency-mismatch', status: 422 });
    const third = await here.coordinator.submit({ job: cubeJob(), client: 'three', idempotency: other });
    expect(third.kind).toBe('accepted');
    await end(third.job);
  });
});

describe('fairness', () => {
  it('lets a client with one job through while another has a hundred', async () => {
    const crowd: JobRecord[] = [];
    for (let i = 0; i < 100; i++) crowd.push(await submit(network, 'crowd'));
    const one = await submit(network, 'one');
    expect((await end(one)).status).toBe('succeeded');
    const unfinished = await Promise.all(crowd.map(({ id }) => here.coordinator.get(id)));
    const left = unfinished.filter(({ status }) => status === 'queued' || status === 'running');
    expect(left.length).toBeGreaterThan(80);
    for (const { id } of left) await here.coordinator.cancel(id).catch(() => undefined);
    await Promise.all(crowd.map(end));
  });

  it('lets a short job of a client through behind its long one', async () => {
    const long = await submit(endless, 'same');
    const short = await submit(cubeJob(), 'same');
    expect((await end(short)).status).toBe('succeeded');
    await here.coordinator.cancel(long.id);
    await end(long);
  });
});

describe('the memory of jobs that run', () => {
  it('is bounded: a job for which there is no room waits, whoever sent it, until others have ended', async () => {
    const { memoryBytes } = estimate(network.spec, 2);
    const cramped = await startProcess(new MemoryStore(), { maxOpenBytes: 1.5 * memoryBytes });
    const send = async (job: CheckJob, client: string) =>
      (await cramped.coordinator.submit({ job, client })).job.id;
    const status = async (id: string) => (await cramped.coordinator.get(id)).status;
    await cramped.coordinator.waitForEnd(await send(network, 'first'), 20_000);
    const first = await send(endless, 'one');
    const second = await send(network, 'two');
    const small = await send(cubeJob(), 'three');
    await expect.poll(() => status(first), { timeout: 20_000 }).toBe('running');
    expect(await status(second)).toBe('queued');
    await cramped.coordinator.cancel(first);
    expect((await cramped.coordinator.waitForEnd(second, 20_000)).job.status).toBe('succeeded');
    expect((await cramped.coordinator.waitForEnd(small, 20_000)).job.status).toBe('succeeded');
    await cramped.stop();
  });

  it('is given back by every job that ends', async () => {
    const { memoryBytes } = estimate(endless.spec, 2);
    const ample = await startProcess(new MemoryStore(), { maxOpenBytes: 2.5 * memoryBytes });
    const send = async (client: string) => (await ample.coordinator.submit({ job: endless, client })).job;
    for (let i = 0; i < 3; i++) {
      const { id } = await send('one');
      await ample.coordinator.cancel(id);
      await ample.coordinator.waitForEnd(id, 20_000);
    }
    const jobs = [await send('one'), await send('two')];
    for (const { id } of jobs) {
      await expect
        .poll(async () => (await ample.coordinator.get(id)).status, { timeout: 20_000 })
        .toBe('running');
    }
    await ample.stop();
  });

  it('is not taken by the numbers of jobs that wait: those are read from the store when their turn comes', async () => {
    const forgetful = await startProcess(new MemoryStore(), { maxHeldBytes: 0 });
    const { job } = await forgetful.coordinator.submit({ job: network, client: 'client' });
    expect((await forgetful.coordinator.waitForEnd(job.id, 20_000)).job.status).toBe('succeeded');
    expect(await storedReport(forgetful.store, job.id)).toEqual(await undisturbedReport(network));
    await forgetful.stop();
  });
});

it('lays out a job of little work but many numbers, rather than send it to a thread as a whole', async () => {
  const size = 100_000;
  const small = cubeJob();
  const unused = { shape: [size], dtype: 'float64' as const, values: new Float64Array(size) };
  const spec = { ...small.spec, data: [...small.spec.data, { name: 'unused', shape: [size] }] };
  const executor = createExecutor();
  const opened: string[] = [];
  const open = executor.open.bind(executor);
  executor.open = (id, job) => {
    opened.push(id);
    return open(id, job);
  };
  const { coordinator, stop } = await startProcess(new MemoryStore(), {}, executor);
  const run = async (job: CheckJob) => {
    const submitted = await coordinator.submit({ job, client: 'client' });
    return (await coordinator.waitForEnd(submitted.job.id, 20_000)).job;
  };
  expect((await run(small)).status).toBe('succeeded');
  expect(opened).toEqual([]);
  const large = await run({ ...small, spec, data: [...small.data, unused] });
  expect(large.status).toBe('succeeded');
  expect(opened).toEqual([large.id]);
  await stop();
});
