import { createKernelMemory } from '../../kernels/kernel-memory.ts';

/** Memories kept for later jobs, and bytes of them, at most. */
const MOST_MEMORIES = 64;
const MOST_BYTES = 64 * 2 ** 20;
/** A memory is given to a job that fills at least this share of it. */
const SMALLEST_SHARE = 0.25;

/**
 * Memories of jobs that have ended, used again. Making one takes longer than a small job, and the garbage collector
 * lets go of them late, as it does not count what threads share.
 */
export class MemoryPool {
  /** The one given back last is the last. */
  readonly #free: WebAssembly.Memory[] = [];
  #bytes = 0;

  /** A memory of at least so many float64s. What it holds is undefined. */
  take(floats: number): WebAssembly.Memory {
    const bytes = 8 * floats;
    const position = this.#free.findLastIndex(({ buffer: { byteLength } }) => {
      return byteLength >= bytes && (byteLength <= 2 ** 17 || bytes >= SMALLEST_SHARE * byteLength);
    });
    if (position < 0) return createKernelMemory(floats);
    const [memory] = this.#free.splice(position, 1);
    this.#bytes -= memory.buffer.byteLength;
    return memory;
  }

  /**
   * Takes a memory back that no thread writes to any more.
   * @returns the memories that will not be given out again
   */
  give(memory: WebAssembly.Memory): WebAssembly.Memory[] {
    const { byteLength } = memory.buffer;
    if (byteLength > MOST_BYTES) return [memory];
    this.#free.push(memory);
    this.#bytes += byteLength;
    let over = 0;
    while (this.#free.length - over > MOST_MEMORIES || this.#bytes > MOST_BYTES) {
      this.#bytes -= this.#free[over++].buffer.byteLength;
    }
    return this.#free.splice(0, over);
  }
}
