import type { Store } from '../../src/jobs/store/job-store.ts';
import { START } from './store-fixtures.ts';

export interface OpenedStore {
  readonly store: Store;
  /** Closes the store and opens what it left behind; absent when it leaves nothing. */
  readonly reopen?: () => Promise<Store>;
}

/** Makes an empty store that sees the time by `clock`, in ms since 1970. */
export type OpenStore = (clock: () => number) => Promise<OpenedStore>;

/** What the tests of a suite work on: a fresh store for each, whose clock they move. */
export class StoreBench {
  now = START;
  readonly #open: OpenStore;
  #opened: OpenedStore | undefined;
  #store: Store | undefined;

  constructor(open: OpenStore) {
    this.#open = open;
  }

  async open(): Promise<void> {
    this.now = START;
    this.#opened = await this.#open(() => this.now);
    this.#store = this.#opened.store;
  }

  get store(): Store {
    if (this.#store === undefined) throw new Error('No store is open.');
    return this.#store;
  }

  async reopen(): Promise<void> {
    if (this.#opened?.reopen === undefined) throw new Error('This store cannot be opened again.');
    this.#store = await this.#opened.reopen();
  }

  async close(): Promise<void> {
    await this.#store?.close();
    this.#store = undefined;
  }
}
