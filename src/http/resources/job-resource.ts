import { z } from 'zod';
import { isTerminal, type JobRecord } from '../../jobs/job-record.ts';
import type { LiveProgress } from '../../jobs/live-progress.ts';
import { verdictSchema } from './report-resource.ts';

export const jobStatusSchema = z
  .enum(['queued', 'running', 'succeeded', 'failed', 'cancelled'])
  .meta({ id: 'JobStatus' });

const timeSchema = z.iso.datetime();

const progressSchema = z.object({
  stage: z.enum(['prepare', 'sweep', 'refine', 'bisect', 'diagnose']),
  completed: z.int().describe('Components finished.'),
  total: z.int(),
  rate: z.number().nullable().describe('Components a second, lately; null while it is not known.'),
  etaSeconds: z.number().nullable().describe('Seconds to the end at that rate.'),
});

export const jobSchema = z
  .object({
    id: z.string(),
    name: z.string().optional(),
    labels: z.record(z.string(), z.string()),
    status: jobStatusSchema,
    verdict: verdictSchema.optional().describe('About the gradient; there once the job has succeeded.'),
    error: z
      .object({
        code: z.string(),
        detail: z.string(),
        data: z.record(z.string(), z.union([z.number(), z.string()])).optional(),
      })
      .optional()
      .describe('Why the job failed.'),
    progress: progressSchema,
    components: z.int().describe('Components of θ.'),
    workSeconds: z.number().describe('Estimated work, in seconds on one thread.'),
    cancelRequested: z.boolean(),
    createdAt: timeSchema,
    startedAt: timeSchema.optional(),
    finishedAt: timeSchema.optional(),
    expiresAt: timeSchema.optional().describe('When the job may be removed.'),
    links: z.object({
      self: z.string(),
      events: z.string(),
      report: z.string(),
      components: z.string(),
      numericSafetensors: z.string().describe('The numeric gradient as a file.'),
      numericNpz: z.string(),
      cancel: z.string(),
    }),
  })
  .meta({ id: 'Job' });

export type JobResource = z.output<typeof jobSchema>;

/** A job as clients see it. `live` is fresher than what is stored of the progress, where there is any. */
export function describeJob(record: JobRecord, live: LiveProgress = record.progress): JobResource {
  const self = jobPath(record.id);
  return {
    id: record.id,
    ...(record.name === undefined ? {} : { name: record.name }),
    labels: record.labels,
    status: record.status,
    ...(record.verdict === undefined ? {} : { verdict: record.verdict }),
    ...(record.error === undefined ? {} : { error: record.error }),
    progress: describeProgress(isTerminal(record.status) ? record.progress : live),
    components: record.components,
    workSeconds: record.workSeconds,
    cancelRequested: record.cancelRequested,
    createdAt: toTime(record.createdAt),
    ...(record.startedAt === undefined ? {} : { startedAt: toTime(record.startedAt) }),
    ...(record.finishedAt === undefined ? {} : { finishedAt: toTime(record.finishedAt) }),
    ...(record.expiresAt === undefined ? {} : { expiresAt: toTime(record.expiresAt) }),
    links: {
      self,
      events: `${self}/events`,
      report: `${self}/report`,
      components: `${self}/components`,
      numericSafetensors: `${self}/numeric.safetensors`,
      numericNpz: `${self}/numeric.npz`,
      cancel: `${self}/cancel`,
    },
  };
}

export function describeProgress({
  stage,
  completed,
  total,
  rate,
  etaSeconds,
}: LiveProgress): JobResource['progress'] {
  return { stage, completed, total, rate: rate ?? null, etaSeconds: etaSeconds ?? null };
}

export function jobPath(id: string): string {
  return `/v1/jobs/${encodeURIComponent(id)}`;
}

function toTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
