/**
 * Keeps the chunks of tensors, each of at most `CHUNK_BYTES`: what is left of a `TensorStore` when hashing, cutting and
 * reassembling are done by its caller. A write takes effect after those asked for before it, and its promise resolves
 * once it is durable; the bytes must not change before.
 */
export interface ChunkStore {
  /**
   * Puts a tensor's first chunk, which an empty tensor has not, and makes the tensor known.
   * @param bytes of the whole tensor
   * @returns whether the tensor is whole: of one chunk at most, or put before.
   */
  putFirst(id: string, bytes: number, chunk: Uint8Array): Promise<boolean>;

  /**
   * Puts a later chunk. The last one makes the tensor whole.
   * @returns false when a sweep has taken a part of the tensor meanwhile: it is to be put from the start.
   */
  putNext(id: string, bytes: number, position: number, chunk: Uint8Array): Promise<boolean>;

  /** The length of a tensor. @returns undefined when no whole tensor has this id. */
  bytesOf(id: string): Promise<number | undefined>;

  /** @returns bytes that nobody else has, or undefined when there is no such chunk. */
  chunk(id: string, position: number): Promise<Uint8Array | undefined>;

  /** As `TensorStore.sweepOrphans`. */
  sweepOrphans(before: number): Promise<number>;
}
