/** Memory that is asked for at once while nobody says how much will come. */
const GROWTH_BYTES = 1 << 20;

/**
 * Bytes that arrive in pieces, kept in one buffer that can be handed to another thread. Each is copied once: a buffer of
 * unknown length has the addresses of the longest that may come, and grows where it lies. To copy 100 MB to a larger one
 * would hold the event loop for 100 ms.
 */
export class GrowingBytes {
  readonly #buffer: ArrayBuffer;
  readonly #most: number;
  #length = 0;

  /**
   * @param expected how many bytes will come, if that is known
   * @param most more never come
   */
  constructor(expected: number | undefined, most: number) {
    this.#most = expected ?? most;
    this.#buffer =
      expected === undefined ? new ArrayBuffer(0, { maxByteLength: most }) : new ArrayBuffer(expected);
  }

  get length(): number {
    return this.#length;
  }

  append(piece: Uint8Array): void {
    const length = this.#length + piece.byteLength;
    if (length > this.#buffer.byteLength)
      this.#buffer.resize(Math.min(this.#most, Math.ceil(length / GROWTH_BYTES) * GROWTH_BYTES));
    new Uint8Array(this.#buffer).set(piece, this.#length);
    this.#length = length;
  }

  /** The bytes so far. They own the whole of their buffer, so it may be transferred. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#buffer, 0, this.#length);
  }
}
