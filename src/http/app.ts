import { type FastifyBaseLogger, fastify } from 'fastify';
import { GradcheckError } from '../errors/catalogue.ts';
import { AllowedMethods } from './allowed-methods.ts';
import { answerBrokenRequest } from './broken-request.ts';
import { ComponentSources } from './components/component-sources.ts';
import { EventStreams } from './events/event-streams.ts';
import type { HttpApp } from './http-app.ts';
import { collectContract } from './openapi-document.ts';
import { compileQueryValidator } from './query-validation.ts';
import { answerError } from './request-error.ts';
import { requestIdOf } from './request-id.ts';
import { RequestLog } from './request-log.ts';
import { componentRoutes } from './routes/component-routes.ts';
import { contractRoutes } from './routes/contract-routes.ts';
import { eventRoutes } from './routes/event-routes.ts';
import { healthRoutes } from './routes/health-routes.ts';
import { jobRoutes } from './routes/job-routes.ts';
import { numericRoutes } from './routes/numeric-routes.ts';
import { reportRoutes } from './routes/report-routes.ts';
import { submissionRoutes } from './routes/submission-routes.ts';
import { sendSecurityHeaders } from './security-headers.ts';
import type { ServiceParts } from './service-parts.ts';

/** The longest time that a request may take to arrive. */
const REQUEST_TIMEOUT_MS = 300_000;

/** Wires the HTTP server; the caller listens and closes. */
export async function buildApp(parts: ServiceParts, log: FastifyBaseLogger): Promise<HttpApp> {
  const app: HttpApp = fastify({
    loggerInstance: log,
    logController: new RequestLog(),
    genReqId: requestIdOf,
    requestTimeout: REQUEST_TIMEOUT_MS,
    // A request that comes while the service stops is answered by its route, as a problem like any other.
    return503OnClosing: false,
    frameworkErrors: answerError,
    clientErrorHandler: answerBrokenRequest,
  });
  const methods = new AllowedMethods(app);
  observeRequests(app, parts);
  refuseWell(app);

  await sendSecurityHeaders(app);
  collectContract(app);
  await app.after();
  const streams = new EventStreams(parts.metrics);
  // Before the server waits for open connections to end.
  app.addHook('preClose', async () => streams.stop());
  submissionRoutes(app, parts);
  jobRoutes(app, parts);
  eventRoutes(app, parts, streams);
  const sources = new ComponentSources(parts.store);
  reportRoutes(app, parts, sources);
  componentRoutes(app, parts, sources);
  numericRoutes(app, parts, sources);
  healthRoutes(app, parts);
  contractRoutes(app);
  methods.refuseOthers(app);
  return app;
}

/** Request ids, the job's id for the log, and durations. */
function observeRequests(app: HttpApp, { metrics, started }: ServiceParts): void {
  app.addHook('onRequest', () => started);
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
    const { params } = request;
    if (typeof params === 'object' && params !== null && 'id' in params) request.jobId = String(params.id);
  });
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none';
    metrics.requests.observe(
      { method: request.method, route, status: reply.statusCode },
      reply.elapsedTime / 1000,
    );
  });
}

/** Every refusal is a problem document. Bodies are read by the routes that take one, not by fastify. */
function refuseWell(app: HttpApp): void {
  app.setErrorHandler(answerError);
  app.setNotFoundHandler((request, reply) =>
    answerError(new GradcheckError('route-not-found', `there is nothing at ${request.url}`), request, reply),
  );
  app.setValidatorCompiler(compileQueryValidator);
  // Answers are typed by the schemas when they are compiled; checking them again at run time costs too much.
  app.setSerializerCompiler(() => JSON.stringify);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(['application/json', 'multipart/form-data'], (_request, _body, done) =>
    done(null),
  );
}
