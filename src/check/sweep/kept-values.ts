/** The values that were asked for last, by their keys. */
export class KeptValues<V> {
  readonly #most: number;
  /** The one asked for longest ago first. */
  readonly #values = new Map<string, V>();

  /** @param most how many are kept */
  constructor(most: number) {
    this.#most = most;
  }

  /** The value of a key, made where it is not kept. */
  of(key: string, make: () => V): V {
    const value = this.#values.get(key) ?? make();
    this.#values.delete(key);
    this.#values.set(key, value);
    const [oldest] = this.#values.keys();
    if (this.#values.size > this.#most) this.#values.delete(oldest);
    return value;
  }
}
