import type { FastifyReply, FastifyRequest } from 'fastify';
import { GradcheckError } from '../errors/catalogue.ts';
import { sendProblem } from './problem.ts';

/** Answers anything that was thrown while a request was served. */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const stated = toGradcheckError(error);
  if (stated.status >= 500 && stated.code !== 'stopping' && stated.code !== 'overloaded') {
    request.log.error({ err: error }, 'a request failed');
  }
  return sendProblem(reply, stated);
}

/** What a client may hear of an error: fastify's own refusals by their status, and of a program's fault nothing. */
export function toGradcheckError(error: unknown): GradcheckError {
  if (error instanceof GradcheckError) return error;
  const { code, statusCode, message } = readFastifyError(error);
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE')
    return new GradcheckError(
      'unsupported-media-type',
      'the body must be application/json or multipart/form-data',
    );
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new GradcheckError('malformed-request', message);
  }
  return new GradcheckError('internal', 'the service log says more under the request id', { cause: error });
}

interface FastifyRefusal {
  readonly code: string | undefined;
  readonly statusCode: number | undefined;
  readonly message: string;
}

function readFastifyError(error: unknown): FastifyRefusal {
  if (!(error instanceof Error)) return { code: undefined, statusCode: undefined, message: String(error) };
  return {
    code: 'code' in error && typeof error.code === 'string' ? error.code : undefined,
    statusCode: 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : undefined,
    message: error.message,
  };
}
