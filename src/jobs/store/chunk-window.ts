import { CHUNK_BYTES } from './tensor-store.ts';

/** Bytes that may be on their way to the store at once: enough to keep the disk busy, and no burden on the memory. */
const WINDOW_BYTES = 4 * CHUNK_BYTES;

/** Lets bytes through in the order in which they come, some at a time. */
export class ChunkWindow {
  readonly #waiting: { readonly bytes: number; enter(): void }[] = [];
  #inside = 0;

  /** Resolves when there is room. */
  async enter(bytes: number): Promise<void> {
    if (this.#waiting.length === 0 && this.#hasRoom(bytes)) {
      this.#inside += bytes;
      return;
    }
    await new Promise<void>((enter) => this.#waiting.push({ bytes, enter }));
  }

  leave(bytes: number): void {
    this.#inside -= bytes;
    for (
      let next = this.#waiting[0];
      next !== undefined && this.#hasRoom(next.bytes);
      next = this.#waiting[0]
    ) {
      this.#waiting.shift();
      this.#inside += next.bytes;
      next.enter();
    }
  }

  #hasRoom(bytes: number): boolean {
    return this.#inside + bytes <= WINDOW_BYTES;
  }
}
