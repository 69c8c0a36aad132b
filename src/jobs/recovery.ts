import type { Clock } from './clock.ts';
import type { JobRecord } from './job-record.ts';
import type { JobStore } from './store/job-store.ts';

/** Claimable jobs looked at in one go. More are found once these have been run. */
const MOST_CLAIMABLE = 10_000;
const PAGE = 200;

/** Jobs that have not ended and that no process runs, oldest first. */
export function findClaimable(store: JobStore, clock: Clock): Promise<readonly JobRecord[]> {
  return store.claimable(clock.now(), MOST_CLAIMABLE);
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
