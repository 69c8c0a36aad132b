import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import type { WorkerFile } from './worker-file.ts';

/**
 * Starts a thread that loads a file of `workers/`. A TypeScript source is required through tsx: in a thread of Node 20
 * neither its entry nor what it imports goes through the loader that `--import` names.
 */
export function startThread({ path, execArgv }: WorkerFile, name: string, workerData: object): Worker {
  const options = { name, workerData, execArgv: [...execArgv] };
  if (!path.endsWith('.ts')) return new Worker(path, options);
  const tsx = createRequire(import.meta.url).resolve('tsx/cjs');
  const load = [tsx, path].map((file) => `require(${JSON.stringify(file)});`).join(' ');
  return new Worker(load, { ...options, eval: true });
}
