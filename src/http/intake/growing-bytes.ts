const FIRST_BYTES = 1 << 14;

/** Bytes that arrive in pieces, kept in one buffer that can be handed to another thread. */
export class GrowingBytes {
  #buffer: ArrayBuffer;
  #length = 0;

  /** @param expected how many bytes will come, if that is known: then each byte is copied once. */
  constructor(expected: number | undefined) {
    this.#buffer = new ArrayBuffer(expected ?? FIRST_BYTES);
  }

  get length(): number {
    return this.#length;
  }

  append(piece: Uint8Array): void {
    const length = this.#length + piece.byteLength;
    if (length > this.#buffer.byteLength) this.#grow(length);
    new Uint8Array(this.#buffer).set(piece, this.#length);
    this.#length = length;
  }

  /** The bytes so far. They own the whole of their buffer, so it may be transferred. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#buffer, 0, this.#length);
  }

  #grow(least: number): void {
    const larger = new ArrayBuffer(Math.max(least, 2 * this.#buffer.byteLength));
    new Uint8Array(larger).set(new Uint8Array(this.#buffer, 0, this.#length));
    this.#buffer = larger;
  }
}
