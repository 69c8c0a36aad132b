import { z } from 'zod';
import { GradcheckError } from '../../errors/catalogue.ts';
import type { HttpApp } from '../http-app.ts';
import { emptyQuerySchema } from '../query-schema.ts';
import type { ServiceParts } from '../service-parts.ts';

export function healthRoutes(app: HttpApp, { store, stopping, metrics }: ServiceParts): void {
  app.get(
    '/healthz',
    {
      schema: {
        summary: 'Whether the process answers',
        operationId: 'readHealth',
        querystring: emptyQuerySchema,
        response: { 200: z.object({ status: z.literal('ok') }).describe('It does.') },
      },
    },
    async () => ({ status: 'ok' as const }),
  );

  app.get(
    '/readyz',
    {
      schema: {
        summary: 'Whether jobs are taken',
        operationId: 'readReadiness',
        querystring: emptyQuerySchema,
        response: { 200: z.object({ status: z.literal('ready') }).describe('They are.') },
      },
    },
    async () => {
      if (stopping.aborted)
        throw new GradcheckError('stopping', 'the service is stopping', { retryAfter: 10 });
      await store.ping();
      return { status: 'ready' as const };
    },
  );

  app.get(
    '/metrics',
    {
      schema: {
        summary: 'Figures for Prometheus',
        operationId: 'readMetrics',
        querystring: emptyQuerySchema,
        response: { 200: { description: 'The figures.', content: { 'text/plain': { schema: z.string() } } } },
      },
    },
    async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()),
  );
}
