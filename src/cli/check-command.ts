import { availableParallelism } from 'node:os';
import { Command, InvalidArgumentError, Option } from 'commander';
import { errorCatalogue } from '../errors/catalogue.ts';
import { PoolExecutor } from '../jobs/executor/pool-executor.ts';
import type { Log } from '../jobs/log.ts';
import type { CheckOutcome, CheckProgress } from './check-outcome.ts';
import { CommandError } from './command-error.ts';
import { type ExitCode, exitCode } from './exit-code.ts';
import { checkLocally, type LocalCheckOptions } from './local-check.ts';
import { type PrintFormat, type PrintOptions, printFormats, printReport } from './print-report.ts';
import { ProgressBar } from './progress-bar.ts';
import { type FilePaths, type JobSource, readSource } from './read-source.ts';
import { checkRemotely } from './remote-check.ts';
import { selectComponents } from './select-components.ts';
import { ServiceClient } from './service-client.ts';

interface CheckOptions extends FilePaths, PrintOptions {
  readonly server?: string;
  readonly format: PrintFormat;
  /** The mildest verdict that the command does not end with 0 for. */
  readonly failOn: 'fail' | 'inconclusive';
  readonly threads: number;
  readonly cancelOnInterrupt: boolean;
  /** Empty when every component that the document asks for is checked. */
  readonly component: readonly string[];
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
    .option('--model <file>', 'the ONNX file of a model in the format "onnx"')
    .addOption(
      pointFilesOption(
        '--parameters <file>',
        'parameters that the document does not hold, as safetensors, .npz or JSON; given several times, the k-th file is of the k-th point',
      ),
    )
    .addOption(pointFilesOption('--gradients <file>', 'claimed gradients, likewise'))
    .option('--data <file>', 'data, likewise')
    .addOption(
      new Option('--format <format>', 'how to print the report; csv is every component')
        .choices(printFormats)
        .default('table'),
    )
    .option('--output <file>', 'write the report to this file instead of stdout')
    .addOption(
      new Option('--fail-on <verdict>', 'end with 0 unless the verdict is this one or worse')
        .choices(['inconclusive', 'fail'])
        .default('inconclusive'),
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
    .addOption(
      new Option(
        '--component <component>',
        'check this component alone, as W2[2,0]; may be given several times',
      )
        .argParser(addTo)
        .default([], 'what the document asks for'),
    )
    .option('--progress', 'show progress even where stderr is not a terminal')
    .option('--no-progress', 'show no progress')
    .addHelpText(
      'after',
      '\nExit codes: 0 pass, 1 fail, 2 inconclusive (0 with --fail-on fail), 3 error, 130 interrupted.',
    )
    .action(async (path: string, options: CheckOptions) => {
      onExitCode(await check(path, options));
    });
}

/** A file for each point of the job, in the order in which they are given. */
function pointFilesOption(flags: string, description: string): Option {
  return new Option(flags, description).argParser(addTo).default([], 'none');
}

function addTo(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

function threadCount(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= 1024) return count;
  throw new InvalidArgumentError('It must be a whole number of 1 to 1024.');
}

async function check(path: string, options: CheckOptions): Promise<ExitCode> {
  const given = await readSource(path, options);
  const { component } = options;
  const source =
    component.length === 0 ? given : { ...given, document: selectComponents(given.document, component) };
  const bar = new ProgressBar(options.progress ?? process.stderr.isTTY);
  const interrupt = new AbortController();
  const onInterrupt = () => interrupt.abort();
  // Once: a second Ctrl-C ends the process at once.
  process.once('SIGINT', onInterrupt);
  try {
    const watch = { onProgress: (progress: CheckProgress) => bar.update(progress), signal: interrupt.signal };
    const { server, threads, cancelOnInterrupt } = options;
    const outcome = await (server === undefined
      ? checkHere(source, threads, watch)
      : checkRemotely(source, { ...watch, client: new ServiceClient(server), cancelOnInterrupt }));
    if (outcome.kind === 'report') {
      // Progress may be dropped on its way, the last of it too.
      const { checked } = outcome.report.components;
      bar.update({ completed: checked, total: checked });
    }
    bar.stop();
    return await end(outcome, options);
  } finally {
    bar.stop();
    process.off('SIGINT', onInterrupt);
  }
}

async function checkHere(
  source: JobSource,
  threads: number,
  watch: Omit<LocalCheckOptions, 'executor'>,
): Promise<CheckOutcome> {
  const executor = new PoolExecutor({ threads, shardTimeoutSeconds: SHARD_TIMEOUT_SECONDS, log: threadLog });
  try {
    return await checkLocally(source, { executor, ...watch });
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

async function end(outcome: CheckOutcome, options: CheckOptions): Promise<ExitCode> {
  switch (outcome.kind) {
    case 'report': {
      await printReport(outcome, options);
      const { verdict } = outcome.report;
      return verdict === 'inconclusive' && options.failOn === 'fail' ? exitCode.pass : exitCode[verdict];
    }
    case 'failed': {
      const { code, detail } = outcome.error;
      // A newer service may know more codes.
      const mend = Object.hasOwn(errorCatalogue, code) ? ` ${errorCatalogue[code].mend}` : '';
      throw new CommandError(`the job failed: ${detail} (${code}).${mend}`);
    }
    case 'cancelled':
      throw new CommandError('the job was cancelled');
    case 'interrupted':
      if (outcome.runningAt !== undefined) {
        process.stderr.write(`gradcheck: the job goes on at ${outcome.runningAt}\n`);
      }
      return exitCode.interrupted;
  }
}
