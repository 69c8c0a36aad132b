import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CheckJob } from '../../src/check/check-job.ts';
import type { Executor } from '../../src/jobs/executor/executor.ts';
import { MemoryStore } from '../../src/jobs/store/memory/memory-store.ts';
import { openSqliteStore } from '../../src/jobs/store/sqlite/open-sqlite-store.ts';
import {
  allEvents,
  createExecutor,
  startProcess,
  storedReport,
  undisturbedReport,
} from '../fixtures/coordination.ts';
import { jobOfPoints } from '../fixtures/job-of-points.ts';
import { cubeJob, networkJob } from '../fixtures/jobs.ts';
import { startMortal } from '../fixtures/mortal-process.ts';

/** Points of one network, so large that their results are stored as they come. */
function networkAt(widths: readonly number[], examples: number, seeds: readonly number[]): CheckJob {
  const jobs = seeds.map((seed) => networkJob(widths, examples, seed));
  return jobOfPoints(jobs.map((job) => ({ ...job, data: jobs[0].data })));
}

const long = networkAt([32, 48, 64, 10], 32, [1, 2, 3]);
const endless = networkAt([256, 256, 256, 128], 64, [1, 2]);

describe('a job of several points', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gradcheck-points-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('comes to the same report on threads, and tells of each parameter at its point', async () => {
    const store = new MemoryStore();
    const { coordinator, stop } = await startProcess(store, {}, createExecutor({ threads: 3 }));
    const { job } = await coordinator.submit({ job: long, client: 'client' });
    const { job: ended } = await coordinator.waitForEnd(job.id, 60_000);
    expect(ended).toMatchObject({ status: 'succeeded', verdict: 'fail', components: long.theta.length });
    expect(ended.progress).toMatchObject({ completed: long.theta.length, total: long.theta.length });
    expect(await storedReport(store, job.id)).toEqual(await undisturbedReport(long));
    const events = await allEvents(store, job.id);
    const told = events.slice(0, -1).map(({ data }) => JSON.parse(data));
    expect(told.map(({ point, pointName, name }) => [point, pointName, name])).toEqual(
      [1, 2, 3].flatMap((point) =>
        ['W1', 'W2', 'W3'].map((name) => [point, point === 1 ? 'start' : undefined, name]),
      ),
    );
    await stop();
  });

  it('is gone on with at the point that it was at, after its process was killed', async () => {
    const path = join(folder, 'resumed.sqlite');
    const store = await openSqliteStore({ path });
    const first = await startMortal(store, 0.5);
    const { id } = (await first.coordinator.submit({ job: long, client: 'client' })).job;
    const ofSecond = async () => (await store.jobs.shardResults(id, 'sweep', 2)).length;
    await expect.poll(ofSecond, { timeout: 30_000, interval: 1 }).toBeGreaterThan(1);
    await first.kill();
    const stored = await ofSecond();
    const toldBefore = (await allEvents(store, id)).length;
    const stages = ['prepare', 'sweep'] as const;
    const ofFirst = await Promise.all(stages.map((stage) => store.jobs.shardResults(id, stage, 1)));
    const perPoint = ofFirst.reduce((sum, results) => sum + results.length, 0);
    await store.close();

    const reopened = await openSqliteStore({ path });
    const second = await startMortal(reopened, 0.5);
    const { job: ended } = await second.coordinator.waitForEnd(id, 60_000);
    expect(ended.status).toBe('succeeded');
    expect(await storedReport(reopened, id)).toEqual(await undisturbedReport(long));
    expect(toldBefore).toBeGreaterThanOrEqual(2);
    const events = await allEvents(reopened, id);
    expect(events.map((event) => event.id)).toEqual(Array.from({ length: 10 }, (_, i) => i + 1));
    const places = events.slice(0, -1).map(({ data }) => JSON.parse(data));
    expect(places.map(({ point, name }) => `${point} ${name}`)).toEqual(
      [1, 2, 3].flatMap((point) => ['W1', 'W2', 'W3'].map((name) => `${point} ${name}`)),
    );
    // Nothing of the first point was run again, nor what was stored of the second.
    expect(perPoint).toBeGreaterThan(2);
    expect(second.count('putShardResult')).toBeGreaterThan(0);
    expect(second.count('putShardResult')).toBeLessThanOrEqual(2 * perPoint - stored);
    await second.stop();
    await reopened.close();
  });

  it('has the numbers of one point open at a time, and gives them back', async () => {
    const inner = createExecutor();
    const log: string[] = [];
    const executor = Object.assign(Object.create(inner), {
      open: (...[jobId, job]: Parameters<Executor['open']>) => {
        log.push(`open ${job.theta[0]}`);
        return inner.open(jobId, job);
      },
      close: (jobId: string) => {
        log.push('close');
        return inner.close(jobId);
      },
      run: (...call: Parameters<Executor['run']>) => inner.run(...call),
      check: (...call: Parameters<Executor['check']>) => inner.check(...call),
      capacity: () => inner.capacity(),
      destroy: () => inner.destroy(),
    } satisfies Executor);
    const { coordinator, stop } = await startProcess(new MemoryStore(), {}, executor);
    const { job } = await coordinator.submit({ job: long, client: 'client' });
    expect((await coordinator.waitForEnd(job.id, 20_000)).job.status).toBe('succeeded');
    const at = [0, 1, 2].map((point) => long.theta[(point * long.theta.length) / 3]);
    expect(log).toEqual(at.flatMap((first) => [`open ${first}`, 'close']));
    await stop();
  });

  it('ends as failed where the cost of a point is another than the client has, and names the point', async () => {
    const store = new MemoryStore();
    const { coordinator, stop } = await startProcess(store);
    const cubes = [1, 7].map((cost) => ({ ...cubeJob(), spec: { ...cubeJob().spec, cost } }));
    const { job } = await coordinator.submit({ job: jobOfPoints(cubes), client: 'client' });
    const { job: ended } = await coordinator.waitForEnd(job.id, 20_000);
    expect(ended).toMatchObject({
      status: 'failed',
      error: {
        code: 'cost-mismatch',
        detail: expect.stringMatching(/^at point 2, /),
        data: { claimed: 7, computed: 1, point: 2 },
      },
    });
    await stop();
  });

  it('is cancelled at whatever point it is, and over at its deadline', async () => {
    const { coordinator, stop } = await startProcess(new MemoryStore(), { jobDeadlineSeconds: 2 });
    const { job } = await coordinator.submit({ job: endless, client: 'client' });
    const { job: late } = await coordinator.submit({ job: endless, client: 'client' });
    await coordinator.cancel(job.id);
    expect((await coordinator.waitForEnd(job.id, 20_000)).job.status).toBe('cancelled');
    expect((await coordinator.waitForEnd(late.id, 20_000)).job).toMatchObject({
      status: 'failed',
      error: { code: 'deadline-exceeded' },
    });
    await stop();
  });
});
