import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** A file that a thread loads, and the flags that Node needs to load it. */
export interface WorkerFile {
  readonly path: string;
  readonly execArgv: readonly string[];
}

/**
 * Finds a file of `workers/`, built or, when this module itself runs from its TypeScript source, as a source that
 * is loaded through tsx.
 */
export function findWorkerFile(name: string): WorkerFile {
  const fromSource = import.meta.url.endsWith('.ts');
  const url = new URL(`../../../workers/${name}.${fromSource ? 'ts' : 'js'}`, import.meta.url);
  return { path: fileURLToPath(url), execArgv: fromSource ? loadTypeScript() : [] };
}

/** The flags with which a thread loads TypeScript, whatever folder the process was started in. */
export function loadTypeScript(): string[] {
  const tsx = createRequire(import.meta.url).resolve('tsx');
  return ['--import', pathToFileURL(tsx).href];
}
