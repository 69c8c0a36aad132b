import { PoolExecutor } from '../../src/jobs/executor/pool-executor.ts';
import { consoleLog } from '../console-log.ts';
import { createCase } from './network-case.ts';
import { networkJob } from './network-job.ts';
import { withSettings } from './row.ts';
import { strategies } from './strategy-contender.ts';
import { timedCheck } from './timed-check.ts';

const SHARD_TIMEOUT_SECONDS = 3600;

/**
 * Jobs of each strategy that a service has run before. V8 compiles what runs often, in steps: the first checks of a
 * new process take several times as long, which a service that stays up does not see.
 */
const EARLIER_JOBS = 30;

/** Small, but large enough that every thread gets shards and compiles what it runs. */
const warmUp = createCase({ sizes: [64, 48, 32, 10], examples: 16 }, 1);

/** Threads as the service has them, which have run small jobs by every strategy. */
export async function warmExecutor(threads: number): Promise<PoolExecutor> {
  const executor = new PoolExecutor({
    threads,
    shardTimeoutSeconds: SHARD_TIMEOUT_SECONDS,
    log: consoleLog,
  });
  for (const strategy of strategies) {
    const job = withSettings(networkJob(warmUp), { strategy });
    for (let i = 0; i < EARLIER_JOBS; i++) await timedCheck(executor, job);
  }
  return executor;
}
