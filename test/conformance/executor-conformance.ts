import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CheckJob } from '../../src/check/check-job.ts';
import { createJobMemory } from '../../src/check/job-memory.ts';
import type { Executor, Outcome, ShardOutcome } from '../../src/jobs/executor/executor.ts';
import { checkWhole, type WholeCheck } from '../../src/jobs/executor/whole-check.ts';
import { inlinePayload } from '../../src/jobs/job-payload.ts';
import { jobOfPoints } from '../fixtures/job-of-points.ts';
import { cubeJob, networkJob } from '../fixtures/jobs.ts';
import { createRunner } from '../fixtures/on-kernels.ts';
import { shardsOf } from '../fixtures/stage-shards.ts';

const network = networkJob([24, 24, 16, 4], 8);
/** Runs for minutes on one thread. */
const endless = networkJob([256, 256, 256, 128], 64);

/** What every executor promises. */
export function executorConformance(name: string, create: () => Executor): void {
  describe(`the ${name} executor`, () => {
    let executor: Executor;
    let jobs = 0;
    const forever = new AbortController().signal;
    const open = async (job: CheckJob) => {
      const id = `job ${++jobs}`;
      await executor.open(id, job);
      return id;
    };
    beforeAll(() => {
      executor = create();
    });
    afterAll(() => executor.destroy());

    it('runs at least one shard at a time', () => {
      expect(executor.capacity()).toBeGreaterThanOrEqual(1);
    });

    it('gives the results that the check itself gives, to the last bit, however many shards are sent at once', async () => {
      const id = await open(network);
      const shards = [...shardsOf(network, 'prepare'), ...shardsOf(network, 'sweep')];
      expect(shards.length).toBeGreaterThan(4);
      const outcomes = await Promise.all(shards.map((shard) => executor.run(id, shard, forever)));
      const runner = createRunner(createJobMemory(network, 1));
      expect(outcomes).toEqual(shards.map((shard) => ({ kind: 'done', result: runner.run(shard, 0) })));
      await executor.close(id);
    });

    it('keeps jobs that run side by side apart', async () => {
      const other = networkJob([24, 24, 16, 4], 8, 2);
      const both = await Promise.all([open(network), open(other)]);
      const shards = shardsOf(network, 'sweep');
      const runs = shards.flatMap((shard) => both.map((id) => executor.run(id, shard, forever)));
      const outcomes = await Promise.all(runs);
      const runners = [network, other].map((job) => createRunner(createJobMemory(job, 1)));
      const expected = shards.flatMap((shard) =>
        runners.map((runner) => ({ kind: 'done', result: runner.run(shard, 0) })),
      );
      expect(outcomes).toEqual(expected);
      await Promise.all(both.map((id) => executor.close(id)));
    });

    it('runs jobs of one shape, one after the other, each on its own numbers and model', async () => {
      const widths = [
        [24, 24, 16, 4],
        [24, 16, 24, 4],
        [24, 24, 16, 4],
      ];
      const jobs = [...widths, ...widths].map((each, seed) => networkJob(each, 8, seed + 1));
      for (const job of jobs) {
        const id = await open(job);
        const shards = shardsOf(job, 'sweep').slice(0, 2);
        const outcomes = await Promise.all(shards.map((shard) => executor.run(id, shard, forever)));
        const runner = createRunner(createJobMemory(job, 1));
        expect(outcomes).toEqual(shards.map((shard) => ({ kind: 'done', result: runner.run(shard, 0) })));
        await executor.close(id);
      }
    });

    it('cancels running and waiting shards within a second of the signal, and is then free for other jobs', async () => {
      const id = await open(endless);
      const controller = new AbortController();
      const runs = shardsOf(endless, 'sweep')
        .slice(0, 3 * executor.capacity())
        .map((shard) => executor.run(id, shard, controller.signal));
      await runs[0].then((outcome) => expect(outcome.kind).toBe('done'));
      const started = performance.now();
      controller.abort();
      const kinds = (await Promise.all(runs)).map((outcome) => outcome.kind);
      expect(performance.now() - started).toBeLessThan(1000);
      expect(kinds.at(-1)).toBe('cancelled');
      expect(kinds.every((kind) => kind === 'done' || kind === 'cancelled')).toBe(true);
      await executor.close(id);
      expect(await runAll(executor, await open(cubeJob()))).toEqual(['done']);
    });

    it('does not begin with a shard whose signal has aborted, or whose job is not open', async () => {
      const id = await open(network);
      const [shard] = shardsOf(network, 'prepare');
      expect(await executor.run(id, shard, AbortSignal.abort())).toEqual({ kind: 'cancelled' });
      await executor.close(id);
      expect(await executor.run(id, shard, forever)).toEqual({ kind: 'cancelled' });
    });

    it('cancels the shards of a job that is closed, which can be opened again and is then run anew', async () => {
      const id = await open(endless);
      const [first] = shardsOf(endless, 'sweep');
      const runs = Array.from({ length: executor.capacity() + 1 }, () => executor.run(id, first, forever));
      await executor.close(id);
      const kinds = (await Promise.all(runs)).map((outcome) => outcome.kind);
      expect(kinds.at(-1)).toBe('cancelled');
      await executor.open(id, cubeJob());
      const [prepare] = shardsOf(cubeJob(), 'prepare');
      const outcome = await executor.run(id, prepare, forever);
      expect(outcome).toEqual({
        kind: 'done',
        result: {
          stage: 'prepare',
          index: 0,
          noise: expect.anything(),
          origin: { cost: 1, traits: expect.anything() },
          evaluations: 9,
        },
      });
      await executor.close(id);
    });

    it('checks whole jobs, large and small by turns, with what comes of it on the calling thread', async () => {
      const points = jobOfPoints([1, 2].map((theta) => ({ ...cubeJob(), theta: Float64Array.of(theta) })));
      const jobs = [cubeJob(), networkJob([8, 6, 3], 5), points, networkJob([24, 24, 16, 4], 8), cubeJob()];
      const outcomes = await Promise.all(jobs.map((job) => executor.check(inlinePayload(job), forever)));
      expect(outcomes.map(timeless)).toEqual(
        jobs.map((job) => timeless({ kind: 'done', result: checkHere(job) })),
      );
    });

    it('tells of a whole job that cannot be checked why', async () => {
      const job = { ...cubeJob(), spec: { ...cubeJob().spec, cost: 7 } };
      expect(await executor.check(inlinePayload(job), forever)).toMatchObject({
        kind: 'done',
        result: {
          end: { kind: 'failed', error: { code: 'cost-mismatch', data: { claimed: 7, computed: 1 } } },
        },
      });
    });

    it('does not begin with a whole job whose signal has aborted', async () => {
      const outcome = await executor.check(inlinePayload(cubeJob()), AbortSignal.abort());
      expect(outcome).toEqual({ kind: 'cancelled' });
    });

    it('cancels a whole job that waits for a thread', async () => {
      const id = await open(endless);
      const controller = new AbortController();
      const [first] = shardsOf(endless, 'sweep');
      const busy = Array.from({ length: executor.capacity() }, () => executor.run(id, first, forever));
      const waiting = executor.check(inlinePayload(cubeJob()), controller.signal);
      controller.abort();
      expect(await waiting).toEqual({ kind: 'cancelled' });
      await executor.close(id);
      await Promise.all(busy);
    });

    it('takes the closing of a job that is not open', async () => {
      await executor.close('never opened');
    });

    it('cancels what runs and what waits when it is destroyed', async () => {
      const own = create();
      await own.open('job', endless);
      const shards = shardsOf(endless, 'sweep').slice(0, own.capacity() + 1);
      const runs = shards.map((shard) => own.run('job', shard, forever));
      await own.destroy();
      const outcomes: ShardOutcome[] = await Promise.all(runs);
      expect(outcomes).toEqual(shards.map(() => ({ kind: 'cancelled' })));
    });
  });
}

function checkHere(job: CheckJob): WholeCheck {
  return checkWhole(inlinePayload(job), (point) => createRunner(createJobMemory(point, 1)));
}

/** What a whole job has come to, without how long it took. */
function timeless(outcome: Outcome<WholeCheck>): unknown {
  if (outcome.kind !== 'done' || outcome.result.end.kind !== 'checked') return outcome;
  const { check } = outcome.result.end;
  const report = check.report.replaceAll(/"durationMs":[\d.e-]+/g, '"durationMs":0');
  return { ...outcome.result, end: { ...check, report } };
}

async function runAll(executor: Executor, id: string): Promise<string[]> {
  const signal = new AbortController().signal;
  const outcomes = await Promise.all(
    shardsOf(cubeJob(), 'prepare').map((shard) => executor.run(id, shard, signal)),
  );
  await executor.close(id);
  return outcomes.map((outcome) => outcome.kind);
}
