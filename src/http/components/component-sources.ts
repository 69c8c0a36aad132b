import type { Store } from '../../jobs/store/job-store.ts';
import { ComponentSource } from './component-source.ts';

const MOST_KEPT = 64;

/** Opens component sources, and keeps the last ones: opening reads the whole claimed gradient once. */
export class ComponentSources {
  readonly #store: Store;
  /** By job and point. */
  readonly #kept = new Map<string, Promise<ComponentSource>>();

  constructor(store: Store) {
    this.#store = store;
  }

  /**
   * @param point the number of the job's point that was asked for, if one was
   * @throws GradcheckError job-removed when the job's tensors are gone, invalid-query when there is no such point.
   */
  open(jobId: string, point?: number): Promise<ComponentSource> {
    const key = point === undefined ? jobId : `${jobId} ${point}`;
    const kept = this.#kept.get(key);
    if (kept !== undefined) return kept;
    const opening = ComponentSource.open(this.#store, jobId, point);
    this.#kept.set(key, opening);
    opening.catch(() => this.#kept.delete(key));
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MOST_KEPT) this.#kept.delete(oldest);
    return opening;
  }
}
