import type { FastifyReply } from 'fastify';
import { GradcheckError } from '../errors/catalogue.ts';
import { isTerminal, type JobRecord } from '../jobs/job-record.ts';
import { sendProblem } from './problem.ts';

/** Answers 409 for a job without a report, which is every one that has not succeeded. */
export function sendReportAbsent(reply: FastifyReply, { id, status, error }: JobRecord): FastifyReply {
  if (!isTerminal(status)) {
    const notReady = new GradcheckError('report-not-ready', `job ${id} is ${status}`);
    return sendProblem(reply, notReady, { job: { status } });
  }
  const missing = new GradcheckError('report-missing', error?.detail ?? `job ${id} ended as ${status}`);
  return sendProblem(reply, missing, {
    job: { status, ...(error === undefined ? {} : { error: error.code }) },
  });
}
