import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { CheckJob } from '../../check/check-job.ts';
import { estimate } from '../../check/plan/estimate.ts';
import { GradcheckError } from '../../errors/catalogue.ts';
import type { JobOutcome } from '../../jobs/job-feeds.ts';
import { isTerminal } from '../../jobs/job-record.ts';
import type { ReadOutcome } from '../../models/document/read-document.ts';
import { jobDocumentSchema } from '../../models/job-document.ts';
import type { HttpApp } from '../http-app.ts';
import { readIdempotencyKey } from '../idempotency-key.ts';
import { enforceLimits, exceededLimitSchema, exceededLimits } from '../job-limits.ts';
import { sendJsonText } from '../json-text.ts';
import { preferredWait } from '../prefer.ts';
import { emptyQuerySchema } from '../query-schema.ts';
import { describeJob, jobPath, jobSchema } from '../resources/job-resource.ts';
import { planShape, reportSchema } from '../resources/report-resource.ts';
import { retryAfter } from '../retry-after.ts';
import type { ServiceParts } from '../service-parts.ts';
import { uploadContract } from '../upload-contract.ts';

const endedJobSchema = z
  .object({ job: jobSchema, report: reportSchema.nullable().describe('null when the job did not succeed.') })
  .meta({ id: 'EndedJob' });

const estimateSchema = z
  .object({
    ...planShape,
    components: z.int().describe('Components that would be checked.'),
    memoryBytes: z.number(),
    shards: z.int(),
    exceeded: z.array(exceededLimitSchema).describe('Limits for which the job would be refused.'),
  })
  .meta({ id: 'Estimate' });

const submissionHeadersSchema = z.object({
  'idempotency-key': z
    .string()
    .optional()
    .describe('The same key with the same document gives the same job, for a day.'),
  prefer: z
    .string()
    .optional()
    .describe('`wait=10` holds the answer until the job has ended, at most 30 seconds.'),
});

export function submissionRoutes(app: HttpApp, parts: ServiceParts): void {
  const { config, coordinator } = parts;

  app.post(
    '/v1/jobs',
    {
      schema: {
        summary: 'Submit a job',
        operationId: 'submitJob',
        querystring: emptyQuerySchema,
        response: {
          200: endedJobSchema.describe('The job has ended within the time that `Prefer: wait` gave.'),
          202: jobSchema.describe('Accepted. `Location` names the job.'),
        },
      },
      config: {
        document: jobDocumentSchema,
        upload: uploadContract,
        documentedHeaders: submissionHeadersSchema,
      },
    },
    async (request, reply) => {
      const key = readIdempotencyKey(request.headers['idempotency-key']);
      const wait = preferredWait(request.headers.prefer);
      const { job, fingerprint } = await readSubmission(request, parts, key !== undefined);
      const planned = estimate(job.spec, config.THREADS);
      enforceLimits(job, planned, config);

      const submitted = await coordinator.submit({
        job,
        estimate: planned,
        client: request.ip,
        ...(key === undefined || fingerprint === undefined ? {} : { idempotency: { key, fingerprint } }),
      });
      const { id } = submitted.job;
      request.jobId = id;
      reply.header('location', jobPath(id));

      const outcome: JobOutcome =
        wait === 0 ? { job: submitted.job } : await coordinator.waitForEnd(id, wait * 1000);
      const { job: record, report = null } = outcome;
      if (wait > 0 && isTerminal(record.status)) {
        reply.header('preference-applied', `wait=${wait}`);
        const described = JSON.stringify(describeJob(record));
        return sendJsonText(reply, `{"job":${described},"report":${report}}`);
      }
      const live = coordinator.watch(id).progress();
      return reply.code(202).header('retry-after', retryAfter(record, live)).send(describeJob(record, live));
    },
  );

  app.post(
    '/v1/estimate',
    {
      schema: {
        summary: 'Validate and plan a job without running it',
        operationId: 'estimateJob',
        querystring: emptyQuerySchema,
        response: { 200: estimateSchema.describe('What the job would take.') },
      },
      config: { document: jobDocumentSchema, upload: uploadContract },
    },
    async (request) => {
      const { job } = await readSubmission(request, parts, false);
      const planned = estimate(job.spec, config.THREADS);
      return { ...planned, exceeded: exceededLimits(job, planned, config) };
    },
  );
}

/** @throws GradcheckError unsupported-media-type, malformed-json, or invalid-job with every fault. */
async function readSubmission(
  request: FastifyRequest,
  { intake }: ServiceParts,
  fingerprinted: boolean,
): Promise<{ readonly job: CheckJob; readonly fingerprint?: string }> {
  const outcome = await intake.read(request.raw, fingerprinted);
  if (outcome.kind === 'job') return outcome;
  throw refusal(outcome);
}

function refusal(outcome: Exclude<ReadOutcome, { kind: 'job' }>): GradcheckError {
  if (outcome.kind === 'malformed') return new GradcheckError('malformed-json', outcome.detail);
  if (outcome.kind === 'malformed-parts') return new GradcheckError('malformed-request', outcome.detail);
  const { faults } = outcome;
  const count = faults.length === 1 ? '1 fault' : `${faults.length} faults`;
  return new GradcheckError('invalid-job', `the job document has ${count}; errors lists them`, { faults });
}
