import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import type { ShardOutcome } from '../../src/jobs/executor/executor.ts';
import { PoolExecutor } from '../../src/jobs/executor/pool-executor.ts';
import { inlinePayload } from '../../src/jobs/job-payload.ts';
import { loadTypeScript } from '../../src/threads/worker-file.ts';
import { executorConformance } from '../conformance/executor-conformance.ts';
import { type FaultName, faultyJob, faultyWorker } from '../fixtures/faulty-worker.ts';
import { cubeJob, networkJob } from '../fixtures/jobs.ts';
import { silentLog } from '../fixtures/silent-log.ts';
import { shardsOf } from '../fixtures/stage-shards.ts';

const base = { threads: 2, shardTimeoutSeconds: 60, log: silentLog };

executorConformance('thread pool', () => new PoolExecutor(base));
executorConformance('single thread', () => new PoolExecutor({ ...base, threads: 1 }));

const network = networkJob([24, 24, 16, 4], 8);
/** Its shards take about 100 ms each. */
const endless = networkJob([256, 256, 256, 128], 64);
const [, , shard] = shardsOf(network, 'sweep');
const signal = new AbortController().signal;

it('opens a large job without holding up the event loop', async () => {
  const executor = new PoolExecutor(base);
  onTestFinished(() => executor.destroy());
  // 32 MiB of data.
  const large = networkJob([256, 1], 2 ** 14);
  let turns = 0;
  const counting = setInterval(() => turns++, 0);
  await executor.open('large', large);
  clearInterval(counting);
  expect(turns).toBeGreaterThan(4);
});

describe('a shard that ends its thread', () => {
  let executor: PoolExecutor;
  const start = async (shardTimeoutSeconds = 60) => {
    const resourceLimits = { maxOldGenerationSizeMb: 64 };
    executor = new PoolExecutor({ ...base, shardTimeoutSeconds, worker: faultyWorker, resourceLimits });
    await expect.poll(() => executor.liveThreads(), { timeout: 20_000 }).toBe(2);
  };
  afterEach(() => executor.destroy());

  /** Runs the faulty shard while the other thread is kept busy with a sound job. */
  const runBeside = async (fault: FaultName): Promise<{ faulty: ShardOutcome; others: ShardOutcome[] }> => {
    await start(fault === 'hang' ? 3 : 60);
    await executor.open('faulty', faultyJob(network, fault, 1));
    await executor.open('sound', network);
    const faulty = executor.run('faulty', shard, signal);
    const others = shardsOf(network, 'sweep').map((each) => executor.run('sound', each, signal));
    return { faulty: await faulty, others: await Promise.all(others) };
  };

  const expectWhole = async () => {
    const again = await Promise.all([
      executor.run('faulty', shard, signal),
      executor.run('sound', shard, signal),
    ]);
    expect(again.map(({ kind }) => kind)).toEqual(['done', 'done']);
    await expect.poll(() => executor.liveThreads(), { timeout: 20_000 }).toBe(2);
  };

  it.each([
    ['exit', 'shard-crashed'],
    ['late-throw', 'shard-crashed'],
    ['heap', 'shard-out-of-memory'],
    ['hang', 'shard-timeout'],
  ] as const)(
    'by %s comes to a crash with the code %s; other shards go on, and so does the pool',
    async (fault, code) => {
      const { faulty, others } = await runBeside(fault);
      expect(faulty).toMatchObject({ kind: 'crashed', code });
      expect(others.map(({ kind }) => kind)).toEqual(others.map(() => 'done'));
      await expectWhole();
    },
  );

  it.each([
    ['exit', 'shard-crashed'],
    ['hang', 'shard-timeout'],
  ] as const)(
    'by %s, being a whole job, comes to the same, and another one is checked',
    async (fault, code) => {
      await start(fault === 'hang' ? 3 : 60);
      const faulty = inlinePayload(faultyJob(cubeJob(), fault, 1, 0, 'whole'));
      const [ended, other] = await Promise.all([
        executor.check(faulty, signal),
        executor.check(inlinePayload(cubeJob()), signal),
      ]);
      expect(ended).toMatchObject({ kind: 'crashed', code });
      expect(other.kind).toBe('done');
      expect((await executor.check(faulty, signal)).kind).toBe('done');
    },
  );

  it('not, because its task throws, comes to a failure on a thread that lives on', async () => {
    const { faulty } = await runBeside('throw');
    expect(faulty).toEqual({ kind: 'failed', code: 'shard-failed', detail: 'thrown by the task' });
    expect(executor.liveThreads()).toBe(2);
    await expectWhole();
  });

  it('after it has answered, costs no answer and no thread for long', async () => {
    const { faulty, others } = await runBeside('afterthought');
    expect(faulty.kind).toBe('done');
    expect(others.map(({ kind }) => kind)).toEqual(others.map(() => 'done'));
    await expectWhole();
  });

  it('as every thread does at the same time, leaves the pool whole', async () => {
    await start();
    await executor.open('one', faultyJob(network, 'exit', 1));
    await executor.open('two', faultyJob(network, 'exit', 1));
    const outcomes = await Promise.all([
      executor.run('one', shard, signal),
      executor.run('two', shard, signal),
    ]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['crashed', 'crashed']);
    const again = await Promise.all([executor.run('one', shard, signal), executor.run('two', shard, signal)]);
    expect(again.map(({ kind }) => kind)).toEqual(['done', 'done']);
  });

  it('is cancelled within a second even when it hangs', async () => {
    await start();
    await executor.open('faulty', faultyJob(network, 'hang', 1));
    const controller = new AbortController();
    const run = executor.run('faulty', shard, controller.signal);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const started = performance.now();
    controller.abort();
    expect(await run).toEqual({ kind: 'cancelled' });
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

describe('a shard that is cancelled', () => {
  it('ends by itself, and its thread lives on', async () => {
    const executor = new PoolExecutor({ ...base, threads: 1 });
    await executor.open('job', endless);
    const [first] = shardsOf(endless, 'sweep');
    await executor.run('job', first, signal);
    const controller = new AbortController();
    const run = executor.run('job', first, controller.signal);
    setTimeout(() => controller.abort(), 10);
    expect(await run).toEqual({ kind: 'cancelled' });
    expect(executor.liveThreads()).toBe(1);
    await executor.destroy();
  });
});

describe('a pool whose threads cannot start', () => {
  it('gives up on shards rather than have them wait for ever', async () => {
    const worker = { path: '/nowhere/shard.ts', execArgv: loadTypeScript() };
    const executor = new PoolExecutor({ ...base, worker });
    await executor.open('job', network);
    const outcome = await executor.run('job', shard, signal);
    expect(outcome).toMatchObject({ kind: 'crashed', code: 'shard-crashed' });
    expect(executor.liveThreads()).toBe(0);
    await executor.destroy();
  });
});

describe('memories of jobs that are closed', () => {
  it('do not pile up, in the threads nor here', async () => {
    const executor = new PoolExecutor(base);
    const size = 4_000_000;
    const job = networkJob([8, 4], 2);
    const large = {
      ...job,
      spec: { ...job.spec, data: [...job.spec.data, { name: 'unused', shape: [size] }] },
      data: [
        ...job.data,
        { shape: [size], dtype: 'float64' as const, values: new Float64Array(size).fill(1) },
      ],
    };
    const shards = shardsOf(job, 'prepare');
    const before = process.memoryUsage.rss();
    for (let i = 0; i < 30; i++) {
      await executor.open(`job ${i}`, large);
      const runs = [...shards, ...shards].map((each) => executor.run(`job ${i}`, each, signal));
      expect((await Promise.all(runs)).map(({ kind }) => kind)).toEqual(['done', 'done']);
      await executor.close(`job ${i}`);
    }
    // 30 × 32 MB would be 960 MB.
    expect(process.memoryUsage.rss() - before).toBeLessThan(640e6);
    await executor.destroy();
  });
});
