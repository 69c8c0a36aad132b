import { GradcheckError } from '../../errors/catalogue.ts';
import type { HttpApp } from '../http-app.ts';
import { sendJsonText } from '../json-text.ts';
import { negotiate } from '../negotiation.ts';
import { emptyQuerySchema, jobParamsSchema } from '../query-schema.ts';
import { sendReportAbsent } from '../report-absent.ts';
import { reportSchema } from '../resources/report-resource.ts';
import type { ServiceParts } from '../service-parts.ts';

/** The forms that a report can be had in. */
const REPORT_TYPES = ['application/json'];

export function reportRoutes(app: HttpApp, { coordinator, store }: ServiceParts): void {
  app.get(
    '/v1/jobs/:id/report',
    {
      schema: {
        summary: 'Read the report of a job that has succeeded',
        operationId: 'readReport',
        params: jobParamsSchema,
        querystring: emptyQuerySchema,
        response: { 200: reportSchema.describe('The report.') },
      },
    },
    async (request, reply) => {
      if (negotiate(request.headers.accept, REPORT_TYPES) === undefined) {
        throw new GradcheckError('not-acceptable', `a report can be had as ${REPORT_TYPES.join(', ')}`);
      }
      const job = await coordinator.get(request.params.id);
      if (job.status !== 'succeeded') return sendReportAbsent(reply, job);
      const report = await store.jobs.report(job.id);
      if (report === undefined) throw new GradcheckError('job-removed', `job ${job.id} was removed`);
      return sendJsonText(reply.header('vary', 'accept'), report);
    },
  );
}
