import { z } from 'zod';
import type { Parameter } from '../../check/check-job.ts';
import { listComponents } from '../components/component-page.ts';
import type { ComponentSource } from '../components/component-source.ts';
import type { ComponentSources } from '../components/component-sources.ts';
import type { HttpApp } from '../http-app.ts';
import { nextLink } from '../next-link.ts';
import { jobParamsSchema, limitSchema, pointSchema } from '../query-schema.ts';
import { invalidQuery } from '../query-validation.ts';
import { sendReportAbsent } from '../report-absent.ts';
import { jobPath } from '../resources/job-resource.ts';
import { listedComponentSchema, verdictSchema } from '../resources/report-resource.ts';
import type { ServiceParts } from '../service-parts.ts';

const componentQuerySchema = z.strictObject({
  parameter: z.string().optional().describe('Only components of this parameter.'),
  point: pointSchema,
  order: z
    .enum(['index', 'worst'])
    .default('index')
    .describe('`worst`: failing ones first, then by relative error.'),
  verdict: verdictSchema.optional(),
  after: z.coerce.number().int().min(0).optional().describe('`next` of the page before.'),
  limit: limitSchema,
});

const componentPageSchema = z
  .object({
    components: z.array(listedComponentSchema).readonly(),
    next: z.int().nullable().describe('`after` of the next page; null on the last one.'),
  })
  .meta({ id: 'ComponentPage' });

export function componentRoutes(
  app: HttpApp,
  { coordinator }: ServiceParts,
  sources: ComponentSources,
): void {
  app.get(
    '/v1/jobs/:id/components',
    {
      schema: {
        summary: 'List the checked components of a job that has succeeded',
        operationId: 'listComponents',
        params: jobParamsSchema,
        querystring: componentQuerySchema,
        response: { 200: componentPageSchema.describe('A page of components. `Link` names the next one.') },
      },
    },
    async ({ params, query }, reply) => {
      const job = await coordinator.get(params.id);
      if (job.status !== 'succeeded') return sendReportAbsent(reply, job);
      const source = await sources.open(job.id, query.point);
      const parameter = query.parameter === undefined ? undefined : findParameter(source, query.parameter);
      enforceCursor(source, query.after);
      const page = await listComponents(source, { ...query, parameter });
      if (page.next !== null)
        reply.header('link', nextLink(`${jobPath(job.id)}/components`, query, page.next));
      return page;
    },
  );
}

function findParameter({ parameters }: ComponentSource, name: string): Parameter {
  const found = parameters.find((parameter) => parameter.name === name);
  if (found !== undefined) return found;
  const names = parameters.map((parameter) => parameter.name).join(', ');
  const detail = `there is no parameter "${name}"; there are ${names}`;
  throw invalidQuery([{ pointer: '/parameter', detail }]);
}

function enforceCursor({ parameters }: ComponentSource, after: number | undefined): void {
  const last = parameters[parameters.length - 1];
  if (after === undefined || after < last.offset + last.size) return;
  const detail = `the last component is ${last.offset + last.size - 1}`;
  throw invalidQuery([{ pointer: '/after', detail }]);
}
