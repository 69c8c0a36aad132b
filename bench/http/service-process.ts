import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { TemporaryFolder } from '../temporary-folder.ts';

const entry = fileURLToPath(new URL('../../dist/src/cli/gradcheck.js', import.meta.url));

const START_SECONDS = 30;
const POLL_MS = 50;

/** The built service in a process of its own, with a durable store in a temporary folder. */
export class ServiceProcess {
  readonly url: string;
  readonly #child: ChildProcess;
  readonly #folder: TemporaryFolder;

  private constructor(url: string, child: ChildProcess, folder: TemporaryFolder) {
    this.url = url;
    this.#child = child;
    this.#folder = folder;
  }

  /** @param settings environment variables beside the defaults */
  static async start(settings: Readonly<Record<string, string>>): Promise<ServiceProcess> {
    if (!existsSync(entry)) throw new Error('the service is not built: run npm run build first');
    const folder = new TemporaryFolder();
    const logPath = join(folder.path, 'log');
    // To a file: what reads a pipe would take time from the service and from the load.
    const log = openSync(logPath, 'w');
    const child = spawn(process.execPath, [entry, 'serve'], {
      env: { ...process.env, PORT: '0', DATA_DIR: join(folder.path, 'data'), ...settings },
      stdio: ['ignore', log, 'inherit'],
    });
    closeSync(log);
    // Before the folder's own listener, which removes what the service writes to.
    process.prependOnceListener('exit', () => child.kill('SIGKILL'));
    const url = await listening(child, logPath);
    return new ServiceProcess(url, child, folder);
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode === null) {
      const exited = new Promise((resolve) => this.#child.once('exit', resolve));
      this.#child.kill('SIGTERM');
      await exited;
    }
    this.#folder.remove();
  }
}

async function listening(child: ChildProcess, logPath: string): Promise<string> {
  for (let waited = 0; waited < 1000 * START_SECONDS; waited += POLL_MS) {
    const log = readFileSync(logPath, 'utf8');
    const url = /"url":"([^"]+)"/.exec(log)?.[1];
    if (url !== undefined) return url;
    if (child.exitCode !== null) throw new Error(`the service ended at its start:\n${log}`);
    await sleep(POLL_MS);
  }
  child.kill();
  throw new Error(`the service did not listen within ${START_SECONDS} s`);
}
