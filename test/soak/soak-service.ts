import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { request } from 'undici';

const entry = fileURLToPath(new URL('../../dist/src/cli/gradcheck.js', import.meta.url));

const START_SECONDS = 30;
const POLL_MS = 10;

/**
 * The built service on one port and one folder, durable, in a process of its own that can be killed and started
 * again. All is gone with `remove`.
 */
export class SoakService {
  readonly url: string;
  readonly #settings: Readonly<Record<string, string>>;
  readonly #folder: string;
  #child: ChildProcess | undefined;

  private constructor(folder: string, port: number, settings: Readonly<Record<string, string>>) {
    this.url = `http://127.0.0.1:${port}`;
    this.#folder = folder;
    this.#settings = { ...settings, HOST: '127.0.0.1', PORT: String(port), DATA_DIR: join(folder, 'data') };
  }

  /** @param settings environment variables beside the defaults */
  static async create(settings: Readonly<Record<string, string>> = {}): Promise<SoakService> {
    if (!existsSync(entry)) throw new Error('the service is not built: run npm run build first');
    return new SoakService(mkdtempSync(join(tmpdir(), 'gradcheck-soak-')), await freePort(), settings);
  }

  /** A service that is ready. */
  static async started(settings: Readonly<Record<string, string>> = {}): Promise<SoakService> {
    const service = await SoakService.create(settings);
    service.start();
    await service.ready();
    return service;
  }

  get dataDir(): string {
    return join(this.#folder, 'data');
  }

  /** What the service has logged in all its runs. */
  get log(): string {
    return readFileSync(this.#logPath, 'utf8');
  }

  start(): void {
    // To a file: what reads a pipe would take time from the service and from the load.
    const log = openSync(this.#logPath, 'a');
    const child = spawn(process.execPath, [entry, 'serve'], {
      env: { ...process.env, ...this.#settings },
      stdio: ['ignore', log, 'inherit'],
    });
    closeSync(log);
    this.#child = child;
    child.once('exit', (code, signal) => {
      if (this.#child === child) throw new Error(`the service ended by itself, with ${signal ?? code}`);
    });
  }

  /** Waits until jobs are taken. @returns false when the process was killed before */
  async ready(): Promise<boolean> {
    const child = this.#child;
    for (let waited = 0; waited < 1000 * START_SECONDS; waited += POLL_MS) {
      if (child === undefined || child !== this.#child || child.signalCode !== null) return false;
      if (child.exitCode !== null) throw new Error(`the service ended at its start:\n${this.log}`);
      if ((await statusOf(`${this.url}/readyz`)) === 200) return true;
      await sleep(POLL_MS);
    }
    throw new Error(`the service was not ready within ${START_SECONDS} s`);
  }

  /** Ends the process from one moment to the next. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Ends the process and removes all that it has stored. */
  async remove(): Promise<void> {
    await this.#end('SIGTERM');
    rmSync(this.#folder, { recursive: true });
  }

  /** The value of one of the figures at /metrics, without labels. */
  async metric(name: string): Promise<number> {
    const { body } = await request(`${this.url}/metrics`);
    const [, value] = new RegExp(`^${name} (\\S+)$`, 'm').exec(await body.text()) ?? [];
    if (value === undefined) throw new Error(`there is no metric ${name}`);
    return Number(value);
  }

  /** The most memory that the process has held so far, in bytes, as Linux counts it. */
  peakMemory(): number {
    const status = readFileSync(`/proc/${this.#child?.pid}/status`, 'utf8');
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(status) ?? [];
    if (kilobytes === undefined) throw new Error('the system does not say what memory the service held');
    return 1024 * Number(kilobytes);
  }

  get #logPath(): string {
    return join(this.#folder, 'log');
  }

  async #end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }
}

async function statusOf(url: string): Promise<number | undefined> {
  try {
    const { statusCode, body } = await request(url, { headersTimeout: 1000 });
    await body.dump();
    return statusCode;
  } catch {
    return undefined;
  }
}

/** A port that nothing listens on: a service that is started on it again takes up its own jobs at once. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}
