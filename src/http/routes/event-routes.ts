import type { OutgoingHttpHeader, ServerResponse } from 'node:http';
import { z } from 'zod';
import { GradcheckError } from '../../errors/catalogue.ts';
import type { EventStreams } from '../events/event-streams.ts';
import { readLastEventId } from '../events/last-event-id.ts';
import type { HttpApp } from '../http-app.ts';
import { negotiate } from '../negotiation.ts';
import { jobParamsSchema } from '../query-schema.ts';
import { describeJob } from '../resources/job-resource.ts';
import type { ServiceParts } from '../service-parts.ts';

const EVENT_STREAM = 'text/event-stream';

export function eventRoutes(
  app: HttpApp,
  { coordinator, stopping }: ServiceParts,
  streams: EventStreams,
): void {
  app.get(
    '/v1/jobs/:id/events',
    {
      schema: {
        summary: 'Follow a job',
        operationId: 'followJob',
        description:
          'Server-sent events: first `snapshot`, then `progress` (without an id), `parameter` as each is finished, ' +
          'and `report`, `failed` or `cancelled`, after which the stream ends.',
        params: jobParamsSchema,
        querystring: z.strictObject({
          lastEventId: z
            .string()
            .optional()
            .describe('As the header Last-Event-ID, for clients that cannot set it.'),
        }),
        response: {
          200: { description: 'The events.', content: { [EVENT_STREAM]: { schema: z.string() } } },
          204: z.undefined().describe('The client has the terminal event.'),
        },
      },
      config: {
        documentedHeaders: z.object({
          'last-event-id': z.string().optional().describe('Only events after this one are sent.'),
        }),
      },
      exposeHeadRoute: false,
    },
    async (request, reply) => {
      if (negotiate(request.headers.accept, [EVENT_STREAM]) === undefined) {
        throw new GradcheckError('not-acceptable', `events can be had as ${EVENT_STREAM}`);
      }
      if (stopping.aborted)
        throw new GradcheckError('stopping', 'the service is stopping', { retryAfter: 2 });
      const job = await coordinator.get(request.params.id);
      const watch = coordinator.watch(job.id);
      const last = await watch.lastEvent();
      if (last === undefined) throw new GradcheckError('job-removed', `job ${job.id} was removed`);
      const cursor = readLastEventId(request.headers['last-event-id'], request.query.lastEventId, last.id);
      if (last.isTerminal && cursor === last.id) return reply.code(204).send();

      // @fastify/sse is not used: it writes every event out again for each reader, lets heartbeats pile up behind a
      // reader that does not drain, and never drops one.
      reply.hijack();
      writeHead(reply.raw, reply.getHeaders());
      const snapshot = { job: describeJob(job, watch.progress()), lastEventId: last.id };
      streams.open(reply.raw, watch, snapshot, cursor);
    },
  );
}

/** @param headers what fastify would have sent. */
function writeHead(
  response: ServerResponse,
  headers: Readonly<Record<string, OutgoingHttpHeader | undefined>>,
): void {
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) response.setHeader(name, value);
  }
  response.writeHead(200, {
    'content-type': EVENT_STREAM,
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
}
