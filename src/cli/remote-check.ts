import { z } from 'zod';
import type { Report } from '../check/report/report.ts';
import type { JobError } from '../jobs/job-record.ts';
import type { CheckOutcome, CheckProgress } from './check-outcome.ts';
import { followEvents } from './job-events.ts';
import type { JobSource } from './read-source.ts';
import type { ServiceClient, SubmittedJob } from './service-client.ts';

export interface FollowOptions {
  readonly client: ServiceClient;
  readonly onProgress: (progress: CheckProgress) => void;
  readonly signal: AbortSignal;
}

export interface RemoteCheckOptions extends FollowOptions {
  /** Whether an abort cancels the job; otherwise it goes on. */
  readonly cancelOnInterrupt: boolean;
}

/** Has a service check a job document, and waits for the end. The service alone judges the document. */
export async function checkRemotely(source: JobSource, options: RemoteCheckOptions): Promise<CheckOutcome> {
  const { client, cancelOnInterrupt, signal } = options;
  let job: SubmittedJob | undefined;
  try {
    job = await client.submit(source, signal);
    return await followJob(job, options);
  } catch (error) {
    if (!signal.aborted) throw error;
    if (job === undefined) return { kind: 'interrupted' };
    if (!cancelOnInterrupt) return { kind: 'interrupted', runningAt: client.jobUrl(job.id).href };
    await client.cancel(job.id);
    return { kind: 'interrupted' };
  }
}

const progressSchema = z.object({ completed: z.number(), total: z.number() });
const snapshotSchema = z.object({ job: z.object({ progress: progressSchema }) });

/** Follows a submitted job to its end, however often the connection breaks. */
export async function followJob(
  job: SubmittedJob,
  { client, onProgress, signal }: FollowOptions,
): Promise<CheckOutcome> {
  for await (const { event, data } of followEvents(client, job.id, signal)) {
    switch (event) {
      case 'snapshot':
        onProgress(snapshotSchema.parse(JSON.parse(data)).job.progress);
        break;
      case 'progress':
        onProgress(progressSchema.parse(JSON.parse(data)));
        break;
      case 'report': {
        const report: Report = JSON.parse(data);
        const components = () => client.componentsCsv(job.id, signal);
        return job.name === undefined
          ? { kind: 'report', report, components }
          : { kind: 'report', report, components, name: job.name };
      }
      case 'failed': {
        const { error }: { error: JobError } = JSON.parse(data);
        return { kind: 'failed', error };
      }
      case 'cancelled':
        return { kind: 'cancelled' };
    }
  }
  throw signal.reason;
}
