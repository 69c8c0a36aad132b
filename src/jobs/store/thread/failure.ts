import { type ErrorCode, GradcheckError } from '../../../errors/catalogue.ts';
import type { Fault } from '../../../errors/fault.ts';

/** A `GradcheckError` as a plain value: an error's class does not survive the way between threads. */
export interface Failure {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly faults: readonly Fault[];
  readonly retryAfter?: number;
  /** For the log. */
  readonly cause?: Error;
}

/** Any other error than a `GradcheckError` is a mistake of the program: `internal`. */
export function failureOf(error: unknown): Failure {
  if (error instanceof GradcheckError) {
    const { code, message: detail, faults, retryAfter, cause } = error;
    return { code, detail, faults, retryAfter, cause: cause instanceof Error ? cause : undefined };
  }
  const cause = error instanceof Error ? error : new Error(String(error));
  return { code: 'internal', detail: `The store made a mistake: ${cause.message}`, faults: [], cause };
}

export function errorOf({ code, detail, ...more }: Failure): GradcheckError {
  return new GradcheckError(code, detail, more);
}
