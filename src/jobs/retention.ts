import type { Clock } from './clock.ts';
import type { CoordinatorSettings } from './coordinator-settings.ts';
import type { Log } from './log.ts';
import type { Store } from './store/job-store.ts';

/**
 * Tensors that no job names are left for so long: those of a job that is being accepted or ended have been put, but
 * are not named yet.
 */
const ORPHAN_MS = 3_600_000;

/** Removes jobs that are kept no longer, and tensors that no job names. */
export async function sweep(
  store: Store,
  { maxJobs, maxBytes }: CoordinatorSettings['retention'],
  clock: Clock,
  log: Log,
): Promise<void> {
  const now = clock.now();
  const jobs = await store.jobs.retain({ now, maxJobs, maxBytes });
  const bytes = await store.tensors.sweepOrphans(now - ORPHAN_MS);
  if (jobs > 0 || bytes > 0) log.info({ jobs, bytes }, 'jobs and tensors past retention were removed');
}
