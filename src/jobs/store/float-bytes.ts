/** A view of the bytes of float64s; nothing is copied. */
export function bytesOf({ buffer, byteOffset, byteLength }: Float64Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** The float64s of bytes as a database hands them out. */
export function floatsOf(bytes: ArrayBuffer | Uint8Array): Float64Array {
  if (bytes instanceof ArrayBuffer) return new Float64Array(bytes);
  // A driver may cut its buffers out of a pool, where they need not start on a multiple of 8.
  return new Float64Array(Uint8Array.from(bytes).buffer);
}
