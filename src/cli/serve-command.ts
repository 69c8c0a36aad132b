import closeWithGrace from 'close-with-grace';
import { Command, Option } from 'commander';
import { type Logger, pino } from 'pino';
import pretty from 'pino-pretty';
import { readConfig, type Setting, settings } from '../config.ts';

/** How long a graceful stop may take. */
const STOP_MS = 10_000;

/** `gradcheck serve`: every setting is an environment variable and a flag; the flag wins. */
export function serveCommand(): Command {
  const command = new Command('serve').description(
    'run the service until it is told to stop (SIGTERM, Ctrl-C)',
  );
  const flags = settings.map((setting) => ({ name: setting.name, option: flagOf(setting) }));
  for (const { option } of flags) command.addOption(option);
  return command.action(async () => {
    const given = flags.map(({ name, option }) => [name, command.getOptionValue(option.attributeName())]);
    await serve({ ...process.env, ...Object.fromEntries(given.filter(([, value]) => value !== undefined)) });
  });
}

/** `MAX_BODY_BYTES` becomes `--max-body-bytes`. The value is left for `readConfig` to judge, as the environment's is. */
function flagOf({ name, default: fallback, meaning }: Setting): Option {
  const flag = `--${name.toLowerCase().replaceAll('_', '-')} <value>`;
  return new Option(flag, `${meaning} Environment: ${name}. Default: ${fallback}.`);
}

async function serve(environment: Readonly<Record<string, string | undefined>>): Promise<void> {
  const config = readConfig(environment);
  const log = createLog(config.LOG_LEVEL);
  // Loaded here alone: the other commands need no HTTP and start faster without it.
  const { startService } = await import('../main.ts');
  const service = await startService(config, log);
  closeWithGrace({ delay: STOP_MS, logger: false }, async ({ signal, err }) => {
    if (err !== undefined) log.fatal({ err }, 'stopping after an error of the program');
    else log.info({ signal }, 'stopping');
    await service.stop();
    log.info('stopped');
  });
}

/** Lines for people on a terminal, JSON elsewhere. */
function createLog(level: string): Logger {
  return process.stdout.isTTY ? pino({ level }, pretty({ sync: true })) : pino({ level });
}
