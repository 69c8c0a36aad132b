import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

const peersFolder = fileURLToPath(new URL('../peers/', import.meta.url));
const projectPython = fileURLToPath(new URL('../../.venv/bin/python', import.meta.url));

/** A Python that has the peers' packages, or why there is none. */
export type PythonSearch =
  | { readonly kind: 'found'; readonly python: Python }
  | { readonly kind: 'absent'; readonly reason: string };

/** Looks where BENCH_PYTHON says, else in the project's `.venv`. */
export async function findPython(): Promise<PythonSearch> {
  const named = process.env.BENCH_PYTHON;
  const path = named || projectPython;
  const advice =
    'python3 -m venv .venv && .venv/bin/pip install -r bench/peers/requirements.txt, or set BENCH_PYTHON';
  if (!named && !existsSync(path)) return { kind: 'absent', reason: `there is no .venv: ${advice}` };
  try {
    const script =
      'import platform, numpy, safetensors, scipy, torch; print(f"Python {platform.python_version()}, PyTorch {torch.__version__}, SciPy {scipy.__version__}, NumPy {numpy.__version__}")';
    const { stdout } = await run(path, ['-c', script]);
    return { kind: 'found', python: new Python(path, stdout.trim()) };
  } catch (error) {
    const [cause] = (error instanceof Error ? error.message : String(error)).trim().split('\n').slice(-1);
    return { kind: 'absent', reason: `${path} cannot load the peers (${cause}): ${advice}` };
  }
}

export class Python {
  /** Of Python and of the packages. */
  readonly versions: string;
  readonly #path: string;

  constructor(path: string, versions: string) {
    this.#path = path;
    this.versions = versions;
  }

  /**
   * Runs a script of `peers/` whose numeric libraries may use so many threads.
   * @returns the line of JSON that it prints
   */
  async run(script: string, threads: number, options: readonly string[]): Promise<unknown> {
    const limit = String(threads);
    const limits = { OMP_NUM_THREADS: limit, OPENBLAS_NUM_THREADS: limit, MKL_NUM_THREADS: limit };
    const { stdout } = await run(this.#path, [`${peersFolder}${script}`, ...options], {
      env: { ...process.env, ...limits },
    });
    return JSON.parse(stdout);
  }
}
