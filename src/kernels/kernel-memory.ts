const PAGE_FLOATS = 8192;
const LARGEST_PAGES = 65_536;

/** A zeroed memory of at least `floats` float64s that threads can share; 4 GiB is the most there is. */
export function createKernelMemory(floats: number): WebAssembly.Memory {
  const pages = Math.ceil(floats / PAGE_FLOATS);
  if (pages > LARGEST_PAGES) throw new RangeError(`${floats} float64s do not fit in 4 GiB`);
  return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
}
