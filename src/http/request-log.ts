import { type FastifyReply, type FastifyRequest, LogController } from 'fastify';

declare module 'fastify' {
  interface FastifyRequest {
    /** The job that a request is about, for the log; a submission sets it when the job has its id. */
    jobId?: string;
  }
}

/** Writes one line for each request, when it has been answered. */
export class RequestLog extends LogController {
  constructor() {
    super({ requestIdLogLabel: 'requestId' });
  }

  override incomingRequest(): void {}

  override routeNotFound(): void {}

  override requestCompleted(
    error: Error | null | undefined,
    request: FastifyRequest,
    reply: FastifyReply,
  ): void {
    const line = {
      method: request.method,
      url: request.url,
      status: reply.statusCode,
      durationMs: Math.round(reply.elapsedTime * 1000) / 1000,
      ...(request.jobId === undefined ? {} : { jobId: request.jobId }),
    };
    if (error) request.log.warn({ ...line, err: error }, 'the answer could not be sent');
    else request.log.info(line, 'answered');
  }
}
