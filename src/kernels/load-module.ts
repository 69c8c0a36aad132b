import { readFileSync } from 'node:fs';

/**
 * Reads and compiles the kernels that the build left in `dist/kernels`. Takes some milliseconds: do it once per
 * process or thread, or hand the module to threads, which share the compiled code.
 */
export function loadKernelModule(): WebAssembly.Module {
  // The compiled code lies in dist/src/kernels, its source in src/kernels.
  const built = import.meta.url.endsWith('.ts') ? '../../dist/kernels' : '../../kernels';
  const file = new URL(`${built}/kernels.wasm`, import.meta.url);
  try {
    return new WebAssembly.Module(readFileSync(file));
  } catch (cause) {
    throw new Error(`cannot load ${file.pathname}: run npm run build:kernels first`, { cause });
  }
}
