import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { CHUNK_BYTES } from './tensor-store.ts';

const CHUNK_VALUES = CHUNK_BYTES / Float64Array.BYTES_PER_ELEMENT;

/** The number of chunks that a tensor of this many bytes is cut into; an empty one has none. */
export function chunkCount(bytes: number): number {
  return Math.ceil(bytes / CHUNK_BYTES);
}

/** A view of the bytes of one chunk; nothing is copied. */
export function chunkBytes(values: Float64Array, position: number): Uint8Array {
  const start = position * CHUNK_BYTES;
  const length = Math.min(CHUNK_BYTES, values.byteLength - start);
  return new Uint8Array(values.buffer, values.byteOffset + start, length);
}

/** The part of one chunk's values that lies in the tensor's values `start` to `end` (exclusive). */
export function overlapOf(position: number, start: number, end: number): { from: number; to: number } {
  const first = position * CHUNK_VALUES;
  return { from: Math.max(0, start - first), to: Math.min(CHUNK_VALUES, end - first) };
}

/** The position of the chunk that holds a value. */
export function chunkOf(value: number): number {
  return Math.floor(value / CHUNK_VALUES);
}

/**
 * The id of a tensor: the SHA-256 over the SHA-256s of its chunks, in hex. Hashing a chunk takes under 1 ms; between
 * two of them the event loop is let run.
 */
export async function tensorId(values: Float64Array): Promise<string> {
  const chunks = chunkCount(values.byteLength);
  const list = createHash('sha256');
  for (let position = 0; position < chunks; position++) {
    if (position > 0) await setImmediate();
    list.update(createHash('sha256').update(chunkBytes(values, position)).digest());
  }
  return list.digest('hex');
}
