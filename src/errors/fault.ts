/** One fault of a request: where it is (an RFC 6901 JSON pointer into the job document) and what to mend. */
export interface Fault {
  readonly pointer: string;
  readonly detail: string;
}

/** Collects every fault of a document, so that a client hears all of them at once. */
export class Faults {
  readonly #list: Fault[] = [];

  add(pointer: string, detail: string): void {
    this.#list.push({ pointer, detail });
  }

  get list(): readonly Fault[] {
    return this.#list;
  }

  get none(): boolean {
    return this.#list.length === 0;
  }
}

/** Appends one reference token to a JSON pointer, escaped by RFC 6901 section 3. */
export function pointerTo(parent: string, token: string | number): string {
  return `${parent}/${String(token).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
