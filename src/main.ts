import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyBaseLogger } from 'fastify';
import type { Config } from './config.ts';
import { buildApp } from './http/app.ts';
import { DocumentIntake } from './http/intake/document-intake.ts';
import { IntakeBudget } from './http/intake/intake-budget.ts';
import { ServiceMetrics } from './http/service-metrics.ts';
import { Coordinator } from './jobs/coordinator.ts';
import { type CoordinatorSettings, defaultCoordinatorSettings } from './jobs/coordinator-settings.ts';
import { PoolExecutor } from './jobs/executor/pool-executor.ts';
import { openThreadStore } from './jobs/store/thread/open-thread-store.ts';

/** How long the port stays open at least, for those who ask to hear that the service stops. */
const NOTICE_MS = 500;
/** How long requests that are being answered may hold up a stop. */
const CLOSE_MS = 1_500;

const DAY_SECONDS = 86_400;

/** A service that runs. */
export interface Service {
  /** Where it listens. */
  readonly url: string;
  /** Stops it within ten seconds: jobs that have not ended go on when it is started again. Harmless to repeat. */
  stop(): Promise<void>;
}

/**
 * Starts the service: opens the store, listens, and takes up the jobs that an earlier process has left.
 * @throws when the store cannot be opened or the port is taken; nothing is left running then.
 */
export async function startService(config: Config, log: FastifyBaseLogger): Promise<Service> {
  const store = await openThreadStore({ path: storePath(config.DATA_DIR), log });
  const executor = new PoolExecutor({
    threads: config.THREADS,
    shardTimeoutSeconds: config.SHARD_TIMEOUT_SECONDS,
    log,
  });
  const coordinator = new Coordinator({
    store,
    executor,
    log,
    settings: coordinatorSettings(config),
    owner: ownerName(config),
  });
  const intake = new DocumentIntake(config, new IntakeBudget(config.MAX_INTAKE_BYTES));
  const stopping = new AbortController();
  // Jobs are taken up only when the port is ours: a second process started by mistake is to leave them alone.
  let taken: () => void = () => {};
  const started = new Promise<void>((resolve) => {
    taken = resolve;
  });
  const metrics = new ServiceMetrics(() => ({ ...coordinator.load(), shardsRun: executor.shardsRun }));
  const parts = { config, store, coordinator, intake, metrics, started, stopping: stopping.signal };
  const app = await buildApp(parts, log);

  const stop = async () => {
    stopping.abort();
    await Promise.all([coordinator.stop(), sleep(NOTICE_MS)]);
    const impatience = setTimeout(() => app.server.closeAllConnections(), CLOSE_MS);
    await app.close();
    clearTimeout(impatience);
    await intake.stop();
    await executor.destroy();
    await store.close();
  };
  let stopped: Promise<void> | undefined;
  const stopOnce = () => {
    stopped ??= stop();
    return stopped;
  };
  try {
    const url = await app.listen({
      host: config.HOST,
      port: config.PORT,
      listenTextResolver: (address) => `the port is open at ${address}`,
    });
    await coordinator.start();
    taken();
    const port = Number(new URL(url).port);
    log.info({ url, host: config.HOST, port, threads: config.THREADS, dataDir: config.DATA_DIR }, 'started');
    return { url, stop: stopOnce };
  } catch (error) {
    await stopOnce();
    throw error;
  }
}

function storePath(dataDir: string): string {
  return dataDir === ':memory:' ? dataDir : join(dataDir, 'gradcheck.db');
}

/** The same from one run to the next where only one process can listen, so that the next one takes up its jobs at once. */
function ownerName({ HOST, PORT }: Config): string {
  return PORT === 0 ? randomUUID() : `${hostname()} ${HOST}:${PORT}`;
}

function coordinatorSettings(config: Config): CoordinatorSettings {
  return {
    ...defaultCoordinatorSettings,
    maxQueuedJobs: config.MAX_QUEUED_JOBS,
    maxQueuedSeconds: config.MAX_QUEUED_SECONDS,
    maxJobsPerClient: config.MAX_CLIENT_JOBS,
    jobDeadlineSeconds: config.JOB_DEADLINE_SECONDS,
    retention: {
      seconds: config.RETAIN_DAYS * DAY_SECONDS,
      maxJobs: config.RETAIN_JOBS,
      maxBytes: config.RETAIN_BYTES,
    },
  };
}
