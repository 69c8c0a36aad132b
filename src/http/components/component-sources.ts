import type { Store } from '../../jobs/store/job-store.ts';
import { ComponentSource } from './component-source.ts';

const MOST_KEPT = 64;

/** Opens component sources, and keeps the last ones: opening reads the whole claimed gradient once. */
export class ComponentSources {
  readonly #store: Store;
  readonly #kept = new Map<string, Promise<ComponentSource>>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** @throws GradcheckError job-removed when the job's tensors are gone. */
  open(jobId: string): Promise<ComponentSource> {
    const kept = this.#kept.get(jobId);
    if (kept !== undefined) return kept;
    const opening = ComponentSource.open(this.#store, jobId);
    this.#kept.set(jobId, opening);
    opening.catch(() => this.#kept.delete(jobId));
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MOST_KEPT) this.#kept.delete(oldest);
    return opening;
  }
}
