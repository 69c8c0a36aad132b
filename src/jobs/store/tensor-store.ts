/** The size of a chunk: small enough that hashing, copying or storing one never holds a thread for long. */
export const CHUNK_BYTES = 1 << 20;

/** A put under way. */
export interface BegunPut {
  readonly id: string;
  /** Resolves once the tensor is durable; rejects like `put`. */
  readonly stored: Promise<void>;
}

/**
 * Content-addressed storage of float64 arrays. Equal contents have equal ids and are kept once. Arrays are cut into
 * chunks of at most `CHUNK_BYTES`; between chunks the event loop is let run.
 */
export interface TensorStore {
  /**
   * Stores the values (if they are not there yet) and returns their id: the SHA-256 over the SHA-256s of the chunks,
   * in hex. The values must not change before the promise resolves.
   */
  put(values: Float64Array): Promise<string>;

  /**
   * Begins a put and resolves as soon as it is asked for. Of a tensor of one chunk, the write is then ahead of every
   * write asked for later, so that what names the tensor can be committed in the same transaction.
   */
  begin(values: Float64Array): Promise<BegunPut>;

  /**
   * Reads a whole tensor into `target`, which must have its length, or a new array.
   * @returns undefined when there is no such tensor (or a part of it is gone).
   */
  get(id: string, target?: Float64Array): Promise<Float64Array | undefined>;

  /** Reads `count` values from `start` on, fewer at the end. @returns undefined when there is no such tensor. */
  slice(id: string, start: number, count: number): Promise<Float64Array | undefined>;

  /**
   * Removes tensors that no job names and that were last put before `before` (ms since 1970).
   * @returns the bytes freed.
   */
  sweepOrphans(before: number): Promise<number>;
}
