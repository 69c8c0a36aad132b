import type { Clock } from './clock.ts';
import type { JobRecord } from './job-record.ts';
import type { JobStore } from './store/job-store.ts';

const PAGE = 200;

/**
 * Jobs that have not ended and that no process runs, oldest first, those that `isKnown` left out. Where a page of
 * them brings none that is new, those behind it are looked at once its jobs have been run.
 */
export async function findClaimable(
  store: JobStore,
  clock: Clock,
  isKnown: (id: string) => boolean,
): Promise<readonly JobRecord[]> {
  for (let limit = PAGE; ; limit *= 4) {
    const claimable = await store.claimable(clock.now(), limit);
    const unknown = claimable.filter(({ id }) => !isKnown(id));
    if (claimable.length < limit || unknown.length === 0) return unknown;
  }
}

/** Jobs whose lease this owner held when it was last ended without a chance to give it back. */
export async function findOwn(store: JobStore, owner: string): Promise<readonly JobRecord[]> {
  const own: JobRecord[] = [];
  for (const status of ['running', 'queued'] as const) {
    let after: string | undefined;
    do {
      const page = await store.list({ status }, PAGE, after);
      own.push(...page.jobs.filter((job) => job.owner === owner));
      after = page.next;
    } while (after !== undefined);
  }
  return own.sort((a, b) => a.createdAt - b.createdAt);
}
