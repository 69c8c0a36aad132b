/** Bounds what the tensors of some files take together, so that a small file cannot claim all memory there is. */
export class TensorRoom {
  /** Bytes of float64s. */
  readonly limit: number;
  #taken = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  /** @returns false, and takes nothing, when so many bytes are not left. */
  take(bytes: number): boolean {
    if (bytes > this.left) return false;
    this.#taken += bytes;
    return true;
  }

  get left(): number {
    return this.limit - this.#taken;
  }
}
