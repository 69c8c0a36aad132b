import { PoolExecutor } from '../../src/jobs/executor/pool-executor.ts';
import { consoleLog } from '../console-log.ts';
import { createCase } from './network-case.ts';
import { networkJob } from './network-job.ts';
import { strategies } from './strategy-contender.ts';
import { timedCheck } from './timed-check.ts';

const SHARD_TIMEOUT_SECONDS = 3600;

/** Small, but large enough that every thread gets shards and compiles what it runs. */
const warmUp = createCase({ sizes: [64, 48, 32, 10], examples: 16, slowGradcheck: 'whole' }, 1);

/** Threads as the service has them, which have run a small job by every strategy. */
export async function warmExecutor(threads: number): Promise<PoolExecutor> {
  const executor = new PoolExecutor({
    threads,
    shardTimeoutSeconds: SHARD_TIMEOUT_SECONDS,
    log: consoleLog,
  });
  for (const strategy of strategies) await timedCheck(executor, networkJob(warmUp, { strategy }));
  return executor;
}
