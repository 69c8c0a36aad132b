/** A value made when it is first asked for. Planning a job needs the sizes of its programs, only running it their tables. */
export class Lazy<T> {
  #make: (() => T) | undefined;
  #value: T | undefined;

  constructor(make: () => T) {
    this.#make = make;
  }

  get value(): T {
    if (this.#make !== undefined) {
      this.#value = this.#make();
      this.#make = undefined;
    }
    // biome-ignore lint/style/noNonNullAssertion: set above, and T may itself include undefined
    return this.#value!;
  }
}
