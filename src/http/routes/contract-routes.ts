import { z } from 'zod';
import { errorCatalogue, GradcheckError } from '../../errors/catalogue.ts';
import { renderDocs } from '../docs-page.ts';
import type { HttpApp } from '../http-app.ts';
import { emptyQuerySchema } from '../query-schema.ts';

/** What explains the service: its contract, and its kinds of problems. */
export function contractRoutes(app: HttpApp): void {
  app.get(
    '/openapi.yaml',
    {
      schema: {
        summary: 'This contract',
        operationId: 'readContract',
        querystring: emptyQuerySchema,
        response: {
          200: { description: 'OpenAPI 3.1.', content: { 'application/yaml': { schema: z.string() } } },
        },
      },
    },
    async (_request, reply) => reply.type('application/yaml').send(app.swagger({ yaml: true })),
  );

  app.get(
    '/docs',
    {
      schema: {
        summary: 'This contract, to read',
        operationId: 'readDocs',
        querystring: emptyQuerySchema,
        response: {
          200: {
            description: 'A page that loads nothing else.',
            content: { 'text/html': { schema: z.string() } },
          },
        },
      },
    },
    async (_request, reply) => reply.type('text/html; charset=utf-8').send(renderDocs(app.swagger())),
  );

  app.get(
    '/problems/:code',
    {
      schema: {
        summary: 'What a kind of problem means and how to mend it',
        operationId: 'readProblem',
        params: z.object({ code: z.string() }),
        querystring: emptyQuerySchema,
        response: {
          200: { description: 'A few lines of text.', content: { 'text/plain': { schema: z.string() } } },
        },
      },
    },
    async ({ params: { code } }, reply) => {
      const known = Object.entries(errorCatalogue).find(([one]) => one === code);
      if (known === undefined) throw new GradcheckError('route-not-found', `there is no problem "${code}"`);
      const [, { status, title, mend }] = known;
      return reply.type('text/plain; charset=utf-8').send(`${code} (${status})\n\n${title}.\n${mend}\n`);
    },
  );
}
