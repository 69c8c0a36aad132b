import { setImmediate } from 'node:timers/promises';
import { GradcheckError } from '../../errors/catalogue.ts';
import type { ChunkStore } from './chunk-store.ts';
import { ChunkWindow } from './chunk-window.ts';
import { bytesOf } from './float-bytes.ts';
import { chunkBytes, chunkCount, chunkOf, overlapOf, tensorId } from './tensor-chunks.ts';
import type { BegunPut, TensorStore } from './tensor-store.ts';

const FLOAT_BYTES = Float64Array.BYTES_PER_ELEMENT;

/** How often a put may start again because a sweep took what it was putting. */
const PUT_ATTEMPTS = 3;

/**
 * Tensors over a store of chunks: hashes and cuts what is put, and puts together what is read. Between two chunks
 * the event loop is let run.
 */
export class ChunkedTensorStore implements TensorStore {
  readonly #chunks: ChunkStore;
  readonly #window = new ChunkWindow();

  constructor(chunks: ChunkStore) {
    this.#chunks = chunks;
  }

  async put(values: Float64Array): Promise<string> {
    const { id, stored } = await this.begin(values);
    await stored;
    return id;
  }

  async begin(values: Float64Array): Promise<BegunPut> {
    const id = await tensorId(values);
    // Waited for before the put counts as asked for, so that many small tensors are not on their way all at once.
    await this.#window.enter(chunkBytes(values, 0).byteLength);
    return { id, stored: this.#store(id, values) };
  }

  async get(id: string, target?: Float64Array): Promise<Float64Array | undefined> {
    const [bytes, first] = await Promise.all([this.#chunks.bytesOf(id), this.#chunks.chunk(id, 0)]);
    if (bytes === undefined) return undefined;
    const length = bytes / FLOAT_BYTES;
    if (target !== undefined && target.length !== length) {
      throw new RangeError(`The target has ${target.length} values, the tensor ${length}.`);
    }
    return this.#read(id, first, 0, target ?? new Float64Array(length));
  }

  async slice(id: string, start: number, count: number): Promise<Float64Array | undefined> {
    const [bytes, first] = await Promise.all([
      this.#chunks.bytesOf(id),
      this.#chunks.chunk(id, chunkOf(start)),
    ]);
    if (bytes === undefined) return undefined;
    const from = Math.min(start, bytes / FLOAT_BYTES);
    const to = Math.min(from + count, bytes / FLOAT_BYTES);
    return this.#read(id, first, from, new Float64Array(to - from));
  }

  sweepOrphans(before: number): Promise<number> {
    return this.#chunks.sweepOrphans(before);
  }

  /** Its first chunk has a place in the window. */
  async #store(id: string, values: Float64Array): Promise<void> {
    const first = chunkBytes(values, 0);
    for (let attempt = 0; attempt < PUT_ATTEMPTS; attempt++) {
      if (attempt > 0) await this.#window.enter(first.byteLength);
      if (await this.#leaving(first, this.#chunks.putFirst(id, values.byteLength, first))) return;
      if (values.byteLength > first.byteLength && (await this.#putRest(id, values))) return;
    }
    throw new GradcheckError('storage-failed', `Tensor ${id} was swept again and again while it was put.`);
  }

  /** Puts the chunks after the first, several at once. @returns false when a sweep has taken a part of the tensor. */
  async #putRest(id: string, values: Float64Array): Promise<boolean> {
    const puts: Promise<boolean>[] = [];
    let isKept = true;
    for (let position = 1; position < chunkCount(values.byteLength); position++) {
      const chunk = chunkBytes(values, position);
      await this.#window.enter(chunk.byteLength);
      if (!isKept) {
        this.#window.leave(chunk.byteLength);
        break;
      }
      const put = this.#leaving(chunk, this.#chunks.putNext(id, values.byteLength, position, chunk));
      puts.push(put);
      put.then(
        (kept) => {
          isKept &&= kept;
        },
        () => {
          isKept = false;
        },
      );
    }
    // All of them are waited for though one has failed: the values may change afterwards.
    await Promise.allSettled(puts);
    return (await Promise.all(puts)).every((kept) => kept);
  }

  async #leaving<T>(chunk: Uint8Array, put: Promise<T>): Promise<T> {
    try {
      return await put;
    } finally {
      this.#window.leave(chunk.byteLength);
    }
  }

  /**
   * Reads the values from `start` on into `target`; while one chunk is copied, the next is on its way.
   * @param first the chunk that holds the value `start`
   * @returns undefined when a chunk is gone.
   */
  async #read(
    id: string,
    first: Uint8Array | undefined,
    start: number,
    target: Float64Array,
  ): Promise<Float64Array | undefined> {
    const end = start + target.length;
    const bytes = bytesOf(target);
    let filled = 0;
    let chunk = first;
    for (let position = chunkOf(start); start + filled < end; position++) {
      if (chunk === undefined) return undefined;
      const { from, to } = overlapOf(position, start, end);
      const next = start + filled + (to - from) < end ? this.#chunks.chunk(id, position + 1) : undefined;
      bytes.set(chunk.subarray(from * FLOAT_BYTES, to * FLOAT_BYTES), filled * FLOAT_BYTES);
      filled += to - from;
      if (next !== undefined) [chunk] = await Promise.all([next, setImmediate()]);
    }
    return target;
  }
}
