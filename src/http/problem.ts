import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { type ErrorCode, errorCatalogue, type GradcheckError } from '../errors/catalogue.ts';
import { jobStatusSchema } from './resources/job-resource.ts';

export const PROBLEM_TYPE = 'application/problem+json';

/** RFC 9457 problem details, with members of our own for what a program wants to act on. */
export const problemSchema = z
  .object({
    type: z.string().describe('A stable URI of the kind of problem; it says more when it is fetched.'),
    code: z.string().describe('The kind of problem as one word.'),
    title: z.string(),
    status: z.int(),
    detail: z.string().describe('What was wrong with this request.'),
    errors: z
      .array(
        z.object({
          pointer: z
            .string()
            .describe('RFC 6901 pointer into the job document, or into the query taken as an object.'),
          detail: z.string(),
        }),
      )
      .describe('Every fault of the request.'),
    requestId: z.string(),
    job: z
      .object({ status: jobStatusSchema, error: z.string().optional() })
      .optional()
      .describe('Of a job without a report: its status, and the code of its error.'),
  })
  .meta({ id: 'Problem' });

export type Problem = z.output<typeof problemSchema>;

/** Where the kind of problem is explained; see `problemText`. */
export function problemType(code: ErrorCode): string {
  return `/problems/${code}`;
}

export function problemOf(
  error: GradcheckError,
  requestId: string,
  more: Pick<Problem, 'job'> = {},
): Problem {
  return {
    type: problemType(error.code),
    code: error.code,
    title: errorCatalogue[error.code].title,
    status: error.status,
    detail: error.message,
    errors: error.faults.map(({ pointer, detail }) => ({ pointer, detail })),
    requestId,
    ...more,
  };
}

export function sendProblem(
  reply: FastifyReply,
  error: GradcheckError,
  more: Pick<Problem, 'job'> = {},
): FastifyReply {
  if (error.retryAfter !== undefined) reply.header('retry-after', Math.max(1, Math.ceil(error.retryAfter)));
  const problem = problemOf(error, reply.request.id, more);
  return reply
    .code(problem.status)
    .header('x-request-id', problem.requestId)
    .type(PROBLEM_TYPE)
    .serializer(JSON.stringify)
    .send(problem);
}
