import { readFileSync } from 'node:fs';

let compiled: WebAssembly.Module | undefined;

/**
 * The kernels that the build left in `dist/kernels`, compiled. The first call in a thread takes some milliseconds;
 * the code never changes, so later ones give the same module.
 */
export function loadKernelModule(): WebAssembly.Module {
  compiled ??= readModule();
  return compiled;
}

function readModule(): WebAssembly.Module {
  // The compiled code lies in dist/src/kernels, its source in src/kernels.
  const built = import.meta.url.endsWith('.ts') ? '../../dist/kernels' : '../../kernels';
  const file = new URL(`${built}/kernels.wasm`, import.meta.url);
  try {
    return new WebAssembly.Module(readFileSync(file));
  } catch (cause) {
    throw new Error(`cannot load ${file.pathname}: run npm run build:kernels first`, { cause });
  }
}
