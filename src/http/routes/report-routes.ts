import { Readable } from 'node:stream';
import { z } from 'zod';
import { CSV_MEDIA_TYPE, reportFormats } from '../../check/report/formats/report-format.ts';
import type { Report } from '../../check/report/report.ts';
import { GradcheckError } from '../../errors/catalogue.ts';
import { componentLines } from '../components/component-lines.ts';
import type { ComponentSources } from '../components/component-sources.ts';
import { matchesTag } from '../entity-tag.ts';
import type { HttpApp } from '../http-app.ts';
import { sendJsonText } from '../json-text.ts';
import { negotiate } from '../negotiation.ts';
import { emptyQuerySchema, jobParamsSchema } from '../query-schema.ts';
import { sendReportAbsent } from '../report-absent.ts';
import { reportSchema } from '../resources/report-resource.ts';
import type { ServiceParts } from '../service-parts.ts';

const { markdown, junit } = reportFormats;

/** The forms that a report can be had in, the first where the client does not say. */
const REPORT_TYPES = ['application/json', markdown.mediaType, junit.mediaType, 'text/xml', CSV_MEDIA_TYPE];

const content = {
  'application/json': { schema: reportSchema.describe('The report.') },
  [markdown.mediaType]: { schema: z.string().describe('Fits a comment on a pull request.') },
  [junit.mediaType]: { schema: z.string().describe('JUnit: a test case for each parameter.') },
  [CSV_MEDIA_TYPE]: { schema: z.unknown().describe('Every checked component, a line each.') },
};

export function reportRoutes(
  app: HttpApp,
  { coordinator, store }: ServiceParts,
  sources: ComponentSources,
): void {
  app.get(
    '/v1/jobs/:id/report',
    {
      schema: {
        summary: 'Read the report of a job that has succeeded',
        operationId: 'readReport',
        params: jobParamsSchema,
        querystring: emptyQuerySchema,
        response: {
          200: {
            description: 'The report, in the form that `Accept` asks for. `ETag` never changes.',
            content,
          },
          304: z.undefined().describe('`If-None-Match` names what the client has.'),
        },
      },
    },
    async (request, reply) => {
      const type = negotiate(request.headers.accept, REPORT_TYPES);
      if (type === undefined) {
        throw new GradcheckError('not-acceptable', `a report can be had as ${REPORT_TYPES.join(', ')}`);
      }
      const job = await coordinator.get(request.params.id);
      if (job.status !== 'succeeded') return sendReportAbsent(reply, job);
      // A report never changes, but each of its forms is another representation.
      const tag = `"${job.id}-${type.replace('/', '-')}"`;
      reply.header('vary', 'accept').header('etag', tag);
      if (matchesTag(request.headers['if-none-match'], tag)) return reply.code(304).send();
      if (type === CSV_MEDIA_TYPE) {
        const first = await sources.open(job.id, 1);
        return reply
          .type(`${CSV_MEDIA_TYPE}; charset=utf-8; header=present`)
          .header('content-disposition', 'attachment; filename="components.csv"')
          .send(Readable.from(componentLines(first, sources, job.id)));
      }
      const text = await store.jobs.report(job.id);
      if (text === undefined) throw new GradcheckError('job-removed', `job ${job.id} was removed`);
      if (type === 'application/json') return sendJsonText(reply, text);
      const report: Report = JSON.parse(text);
      const heading = job.name === undefined ? {} : { name: job.name };
      const { format } = type === markdown.mediaType ? markdown : junit;
      return reply.type(`${type}; charset=utf-8`).send(format(report, heading));
    },
  );
}
