import { z } from 'zod';
import { GradcheckError } from '../../errors/catalogue.ts';
import { isTerminal, type JobRecord } from '../../jobs/job-record.ts';
import type { LiveProgress } from '../../jobs/live-progress.ts';
import type { JobFilter } from '../../jobs/store/job-store.ts';
import { matchesTag } from '../entity-tag.ts';
import type { HttpApp } from '../http-app.ts';
import { nextLink } from '../next-link.ts';
import { emptyQuerySchema, jobParamsSchema, limitSchema } from '../query-schema.ts';
import { describeJob, jobSchema, jobStatusSchema } from '../resources/job-resource.ts';
import { verdictSchema } from '../resources/report-resource.ts';
import { retryAfter } from '../retry-after.ts';
import type { ServiceParts } from '../service-parts.ts';

const jobQuerySchema = z.strictObject({
  status: jobStatusSchema.optional(),
  verdict: verdictSchema.optional(),
  label: z
    .string()
    .regex(/^[^:]+:/, 'must be key:value')
    .optional()
    .describe('`key:value`; the value may hold colons.'),
  after: z.string().optional().describe('`next` of the page before.'),
  limit: limitSchema,
});

const jobPageSchema = z
  .object({
    jobs: z.array(jobSchema).describe('Newest first.'),
    next: z.string().nullable().describe('`after` of the next page; null on the last one.'),
  })
  .meta({ id: 'JobPage' });

export function jobRoutes(app: HttpApp, parts: ServiceParts): void {
  const { coordinator, store } = parts;

  app.get(
    '/v1/jobs',
    {
      schema: {
        summary: 'List jobs',
        operationId: 'listJobs',
        querystring: jobQuerySchema,
        response: { 200: jobPageSchema.describe('A page of jobs. `Link` names the next one.') },
      },
    },
    async ({ query }, reply) => {
      const page = await store.jobs.list(filterOf(query), query.limit, query.after);
      if (page.next !== undefined) reply.header('link', nextLink('/v1/jobs', query, page.next));
      return { jobs: page.jobs.map((job) => describeJob(job, liveOf(parts, job))), next: page.next ?? null };
    },
  );

  app.get(
    '/v1/jobs/:id',
    {
      schema: {
        summary: 'Read a job',
        operationId: 'readJob',
        params: jobParamsSchema,
        querystring: emptyQuerySchema,
        response: {
          200: jobSchema.describe('The job. `ETag` changes with it; `Retry-After` until it has ended.'),
          304: z.undefined().describe('Nothing has changed since `If-None-Match`.'),
        },
      },
    },
    async (request, reply) => {
      const job = await coordinator.get(request.params.id);
      const live = liveOf(parts, job);
      const tag = entityTag(job, live);
      reply.header('etag', tag);
      if (!isTerminal(job.status)) reply.header('retry-after', retryAfter(job, live));
      if (matchesTag(request.headers['if-none-match'], tag)) return reply.code(304).send();
      return describeJob(job, live);
    },
  );

  app.post(
    '/v1/jobs/:id/cancel',
    {
      schema: {
        summary: 'Cancel a job',
        operationId: 'cancelJob',
        params: jobParamsSchema,
        querystring: emptyQuerySchema,
        response: { 202: jobSchema.describe('The job ends soon; asking again changes nothing.') },
      },
    },
    async (request, reply) => {
      const job = await coordinator.cancel(request.params.id);
      return reply.code(202).send(describeJob(job, liveOf(parts, job)));
    },
  );

  app.delete(
    '/v1/jobs/:id',
    {
      schema: {
        summary: 'Remove a job that has ended, with its tensors',
        operationId: 'removeJob',
        params: jobParamsSchema,
        querystring: emptyQuerySchema,
        response: { 204: z.undefined().describe('Removed.') },
      },
    },
    async (request, reply) => {
      const { id, status } = await coordinator.get(request.params.id);
      if (!isTerminal(status)) throw new GradcheckError('job-not-terminal', `job ${id} is ${status}`);
      await store.jobs.remove(id);
      return reply.code(204).send();
    },
  );
}

function liveOf({ coordinator }: ServiceParts, job: JobRecord): LiveProgress | undefined {
  return isTerminal(job.status) ? undefined : coordinator.watch(job.id).progress();
}

function filterOf({ status, verdict, label }: z.output<typeof jobQuerySchema>): JobFilter {
  const colon = label?.indexOf(':') ?? -1;
  return {
    ...(status === undefined ? {} : { status }),
    ...(verdict === undefined ? {} : { verdict }),
    ...(label === undefined ? {} : { label: { key: label.slice(0, colon), value: label.slice(colon + 1) } }),
  };
}

/** Weak: the rate and the estimate of a running job may differ between two answers with the same tag. */
function entityTag(
  { status, verdict, cancelRequested, progress }: JobRecord,
  live: LiveProgress = progress,
): string {
  return `W/"${[status, verdict ?? '', cancelRequested ? 'cancel' : '', live.stage, live.completed].join('.')}"`;
}
