import { availableParallelism } from 'node:os';
import { Command, InvalidArgumentError, Option } from 'commander';
import { errorCatalogue } from '../errors/catalogue.ts';
import { PoolExecutor } from '../jobs/executor/pool-executor.ts';
import type { Log } from '../jobs/log.ts';
import type { CheckOutcome } from './check-outcome.ts';
import { CommandError } from './command-error.ts';
import { type ExitCode, exitCode } from './exit-code.ts';
import { checkLocally } from './local-check.ts';
import { ProgressBar } from './progress-bar.ts';
import { readSource } from './read-source.ts';
import { followJob } from './remote-check.ts';
import { formatReportTable } from './report-table.ts';
import { ServiceClient } from './service-client.ts';

interface CheckOptions {
  readonly server?: string;
  readonly format: 'table' | 'json';
  readonly threads: number;
  readonly cancelOnInterrupt: boolean;
  /** Undefined when neither flag is given. */
  readonly progress?: boolean;
}

/** A shard of a local check that takes this long beyond its estimate has hung. */
const SHARD_TIMEOUT_SECONDS = 60;

/** `gradcheck check`. @param onExitCode is told what to end the process with. */
export function checkCommand(onExitCode: (code: ExitCode) => void): Command {
  return new Command('check')
    .description('check the gradients of a job document, here or on a service')
    .argument('<job.json>', 'the job document; - reads standard input')
    .option('--server <url>', 'send the job to this service instead of checking it in this process')
    .addOption(
      new Option('--format <format>', 'how to print the report').choices(['table', 'json']).default('table'),
    )
    .addOption(
      new Option('--threads <count>', 'threads of a check in this process')
        .argParser(threadCount)
        .default(availableParallelism())
        .conflicts('server'),
    )
    .option(
      '--cancel-on-interrupt',
      'with --server: Ctrl-C cancels the job instead of leaving it running',
      false,
    )
    .option('--progress', 'show progress even where stderr is not a terminal')
    .option('--no-progress', 'show no progress')
    .addHelpText('after', '\nExit codes: 0 pass, 1 fail, 2 inconclusive, 3 error, 130 interrupted.')
    .action(async (path: string, options: CheckOptions) => {
      onExitCode(await check(path, options));
    });
}

function threadCount(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= 1024) return count;
  throw new InvalidArgumentError('It must be a whole number of 1 to 1024.');
}

async function check(path: string, options: CheckOptions): Promise<ExitCode> {
  const source = await readSource(path);
  const bar = new ProgressBar(options.progress ?? process.stderr.isTTY);
  const interrupt = new AbortController();
  const onInterrupt = () => interrupt.abort();
  // Once: a second Ctrl-C ends the process at once.
  process.once('SIGINT', onInterrupt);
  try {
    const outcome = await (options.server === undefined
      ? checkHere(source, options.threads, bar, interrupt.signal)
      : checkThere(source, options.server, options.cancelOnInterrupt, bar, interrupt.signal));
    if (outcome.kind === 'report') {
      // Progress may be dropped on its way, the last of it too.
      const { checked } = outcome.report.components;
      bar.update({ completed: checked, total: checked });
    }
    bar.stop();
    return print(outcome, options.format, interrupt.signal);
  } finally {
    bar.stop();
    process.off('SIGINT', onInterrupt);
  }
}

async function checkHere(
  source: string,
  threads: number,
  bar: ProgressBar,
  signal: AbortSignal,
): Promise<CheckOutcome> {
  const executor = new PoolExecutor({ threads, shardTimeoutSeconds: SHARD_TIMEOUT_SECONDS, log: threadLog });
  try {
    return await checkLocally(source, { executor, onProgress: (progress) => bar.update(progress), signal });
  } finally {
    await executor.destroy();
  }
}

/** What becomes of the threads of a local check shows in its outcome; only what would stop it for good is written. */
const threadLog: Log = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: (details, message) => process.stderr.write(`gradcheck: ${message} ${JSON.stringify(details)}\n`),
};

async function checkThere(
  source: string,
  server: string,
  cancelOnInterrupt: boolean,
  bar: ProgressBar,
  signal: AbortSignal,
): Promise<CheckOutcome> {
  const client = new ServiceClient(server);
  try {
    const job = await client.submit(source, signal);
    return await followJob(job, { client, onProgress: (progress) => bar.update(progress), signal }).catch(
      async (error: unknown) => {
        if (!signal.aborted) throw error;
        bar.stop();
        if (cancelOnInterrupt) await client.cancel(job.id);
        else process.stderr.write(`gradcheck: the job goes on at ${client.jobUrl(job.id)}\n`);
        return { kind: 'cancelled' };
      },
    );
  } catch (error) {
    if (!signal.aborted || error instanceof CommandError) throw error;
    // Interrupted before the service had answered.
    return { kind: 'cancelled' };
  }
}

function print(outcome: CheckOutcome, format: CheckOptions['format'], interrupt: AbortSignal): ExitCode {
  switch (outcome.kind) {
    case 'report': {
      const { report, name } = outcome;
      const table = {
        color: process.stdout.isTTY && process.stdout.hasColors(),
        ...(name === undefined ? {} : { name }),
      };
      process.stdout.write(
        format === 'json' ? `${JSON.stringify(report, null, 2)}\n` : formatReportTable(report, table),
      );
      return exitCode[report.verdict];
    }
    case 'failed': {
      const { code, detail } = outcome.error;
      throw new CommandError(`the job failed: ${detail} (${code}). ${errorCatalogue[code].mend}`);
    }
    case 'cancelled':
      if (interrupt.aborted) return exitCode.interrupted;
      throw new CommandError('the job was cancelled');
  }
}
