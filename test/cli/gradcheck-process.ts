import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { projectRoot } from '../structure/import-graph.ts';

export interface Ended {
  /** Null when a signal ended the process. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface GradcheckProcess {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** Path of a committed example. */
export function examplePath(name: string): string {
  return join(projectRoot, 'examples', `${name}.json`);
}

const built = join(projectRoot, 'dist/src/cli/gradcheck.js');
if (!existsSync(built) || statSync(built).mtimeMs < newestSource()) {
  throw new Error('dist is older than the sources: `npm run build` first, as `npm test` does');
}

function newestSource(): number {
  const folders = ['src', 'workers'].map((folder) => join(projectRoot, folder));
  const files = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
  );
  return Math.max(...files.filter((file) => file.endsWith('.ts')).map((file) => statSync(file).mtimeMs));
}

/** Runs the built `gradcheck` as a process of its own. @param input what it reads on stdin */
export function startGradcheck(args: readonly string[], input = ''): GradcheckProcess {
  const child = spawn(process.execPath, [built, ...args], { cwd: projectRoot });
  child.stdin.on('error', () => {}).end(input);
  const ended = Promise.all([once(child, 'close'), text(child.stdout), text(child.stderr)]).then(
    ([[code], stdout, stderr]) => ({ code, stdout, stderr }),
  );
  return { child, ended };
}

export function runGradcheck(args: readonly string[], input?: string): Promise<Ended> {
  return startGradcheck(args, input).ended;
}

/** A service on a free port, started by `gradcheck serve`. */
export interface ServiceProcess extends GradcheckProcess {
  readonly url: string;
  readonly port: number;
  readonly dataDir: string;
}

/** Starts a service and waits until it listens. A new data folder and a free port unless they are given. */
export async function startService(given: { port?: number; dataDir?: string } = {}): Promise<ServiceProcess> {
  const dataDir = given.dataDir ?? (await mkdtemp(join(tmpdir(), 'gradcheck-cli-')));
  const service = startGradcheck([
    'serve',
    '--port',
    String(given.port ?? 0),
    '--data-dir',
    dataDir,
    '--threads',
    '2',
  ]);
  const { stdout } = service.child;
  if (stdout === null) throw new Error('the service has no stdout');
  for await (const line of createInterface({ input: stdout })) {
    const { url }: { url?: string } = JSON.parse(line);
    if (url !== undefined) return { ...service, url, port: Number(new URL(url).port), dataDir };
  }
  throw new Error(`the service ended before it listened: ${(await service.ended).stderr}`);
}
