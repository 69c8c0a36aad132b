import type { Fault } from './fault.ts';

/**
 * Every error that the service can state: the HTTP status it has, its title, and how to mend it.
 * `status` is also how the terminal error of a job is classed; a job that fails keeps the code for good.
 */
export const errorCatalogue = {
  'malformed-json': {
    status: 400,
    title: 'The body is not valid JSON',
    mend: 'Send one JSON document in UTF-8.',
  },
  'malformed-request': {
    status: 400,
    title: 'The request could not be parsed',
    mend: 'Mend the parts that errors lists.',
  },
  'request-timeout': {
    status: 408,
    title: 'The request did not arrive in time',
    mend: 'Send it faster or in fewer bytes.',
  },
  'headers-too-large': { status: 431, title: 'The headers are too large', mend: 'Send fewer headers.' },
  'invalid-job': {
    status: 422,
    title: 'The job document has faults',
    mend: 'Mend every entry of errors and send it again.',
  },
  'invalid-query': { status: 422, title: 'The query has faults', mend: 'Mend every entry of errors.' },
  'job-not-found': { status: 404, title: 'There is no such job', mend: 'Check the job id.' },
  'route-not-found': {
    status: 404,
    title: 'There is no such resource',
    mend: 'See /openapi.yaml for the paths there are.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'The resource does not take this method',
    mend: 'See /openapi.yaml.',
  },
  'job-removed': { status: 410, title: 'The job was removed by retention', mend: 'Submit it again.' },
  'report-not-ready': {
    status: 409,
    title: 'The report does not exist yet',
    mend: 'Wait for the terminal event.',
  },
  'report-missing': {
    status: 409,
    title: 'The job ended without a report',
    mend: 'The job says why in its error.',
  },
  'job-terminal': {
    status: 409,
    title: 'The job has already ended',
    mend: 'A job that has ended cannot be cancelled.',
  },
  'job-not-terminal': {
    status: 409,
    title: 'The job has not ended',
    mend: 'Cancel it first, then delete it.',
  },
  'not-acceptable': {
    status: 406,
    title: 'No representation fits the Accept header',
    mend: 'Ask for one of the types listed.',
  },
  'body-too-large': {
    status: 413,
    title: 'The body is larger than the limit',
    mend: 'Raise the setting it names or send less.',
  },
  'tensors-too-large': {
    status: 413,
    title: 'The tensors are larger than the limit',
    mend: 'Raise MAX_TENSOR_BYTES or send less.',
  },
  'too-many-components': {
    status: 413,
    title: 'θ has more components than the limit',
    mend: 'Raise MAX_COMPONENTS or check a sample.',
  },
  'too-much-work': {
    status: 413,
    title: 'The check would take more work than the limit',
    mend: 'Raise MAX_JOB_SECONDS, check a sample, or choose the strategy directional.',
  },
  'too-much-memory': {
    status: 413,
    title: 'The check would take more memory than the limit',
    mend: 'Raise MAX_MEMORY_BYTES, or send fewer examples.',
  },
  'unsupported-media-type': {
    status: 415,
    title: 'The media type is not supported',
    mend: 'Send application/json or multipart/form-data.',
  },
  'idempotency-mismatch': {
    status: 422,
    title: 'The Idempotency-Key was used with other content',
    mend: 'Use a new key for other content.',
  },
  'too-many-jobs': {
    status: 429,
    title: 'This client has too many jobs waiting',
    mend: 'Send it again after Retry-After seconds.',
  },
  overloaded: {
    status: 503,
    title: 'The service has too much work waiting',
    mend: 'Send it again after Retry-After seconds.',
  },
  stopping: {
    status: 503,
    title: 'The service is stopping',
    mend: 'Send it again after Retry-After seconds.',
  },
  'storage-full': {
    status: 507,
    title: 'The data folder has no room left',
    mend: 'Free disk space or lower the retention limits.',
  },
  'storage-read-only': {
    status: 503,
    title: 'The data folder cannot be written',
    mend: 'Make DATA_DIR writable.',
  },
  'storage-failed': { status: 503, title: 'The store did not answer', mend: 'See the service log.' },
  internal: {
    status: 500,
    title: 'The service made a mistake',
    mend: 'See the service log under the request id.',
  },
  // Codes that only a failed job bears.
  'cost-mismatch': {
    status: 422,
    title: "The service's J differs from the client's",
    mend: 'Compare the model, data and parameters sent with those used.',
  },
  'shard-crashed': {
    status: 500,
    title: 'A shard ended its thread more than once',
    mend: 'See the service log under the job id.',
  },
  'shard-out-of-memory': {
    status: 500,
    title: 'A shard ran out of memory more than once',
    mend: 'Check a smaller model or batch.',
  },
  'shard-failed': {
    status: 500,
    title: 'A shard threw an error',
    mend: 'See the service log under the job id.',
  },
  'shard-timeout': {
    status: 500,
    title: 'A shard did not answer in time',
    mend: 'Raise SHARD_TIMEOUT_SECONDS.',
  },
  'deadline-exceeded': {
    status: 500,
    title: 'The job took longer than its deadline',
    mend: 'Raise JOB_DEADLINE_SECONDS or check a sample.',
  },
} as const satisfies Record<string, { status: number; title: string; mend: string }>;

export type ErrorCode = keyof typeof errorCatalogue;

/** The only error class that the service throws on purpose; everything else is a fault of the program. */
export class GradcheckError extends Error {
  override readonly name = 'GradcheckError';
  readonly code: ErrorCode;
  readonly faults: readonly Fault[];
  /** Seconds after which the same request may succeed (429, 503). */
  readonly retryAfter: number | undefined;

  constructor(
    code: ErrorCode,
    detail: string,
    more: { faults?: readonly Fault[]; retryAfter?: number; cause?: unknown } = {},
  ) {
    super(detail, { cause: more.cause });
    this.code = code;
    this.faults = more.faults ?? [];
    this.retryAfter = more.retryAfter;
  }

  get status(): number {
    return errorCatalogue[this.code].status;
  }
}
