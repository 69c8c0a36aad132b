import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** A file that a thread loads, and the flags that Node needs to load it. */
export interface WorkerFile {
  readonly path: string;
  readonly execArgv: readonly string[];
}

/**
 * Piscina first tries to `require` a file, and a thread that is ended while it so loads an ES module takes the whole
 * process with it (a fatal error of V8 in Node 20). Without this way it is imported, which can be broken off.
 */
const IMPORT_ONLY = '--no-experimental-require-module';

/**
 * Finds a file of `workers/`, built or, when this module itself runs from its TypeScript source, as a source that
 * is loaded through tsx.
 */
export function findWorkerFile(name: string): WorkerFile {
  const fromSource = import.meta.url.endsWith('.ts');
  const url = new URL(`../../workers/${name}.${fromSource ? 'ts' : 'js'}`, import.meta.url);
  return { path: fileURLToPath(url), execArgv: [IMPORT_ONLY, ...(fromSource ? loadTypeScript() : [])] };
}

/** The flags with which a thread loads TypeScript, whatever folder the process was started in. */
export function loadTypeScript(): string[] {
  const tsx = createRequire(import.meta.url).resolve('tsx');
  return ['--import', pathToFileURL(tsx).href];
}
