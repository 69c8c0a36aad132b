import { ConfigError } from '../config.ts';
import { GradcheckError } from '../errors/catalogue.ts';
import type { Fault } from '../errors/fault.ts';

/** A command cannot go on, for a reason that its user can mend. `faults` are parts of the document. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly faults: readonly Fault[];

  constructor(message: string, more: { readonly faults?: readonly Fault[]; readonly cause?: unknown } = {}) {
    super(message, { cause: more.cause });
    this.faults = more.faults ?? [];
  }
}

/** An error as lines for stderr: every fault with its pointer; a stack only for a fault of the program itself. */
export function describeError(error: unknown): string {
  if (error instanceof ConfigError)
    return lines(['the settings have faults', ...error.faults.map((fault) => `  ${fault}`)]);
  if (error instanceof CommandError || error instanceof GradcheckError) {
    const code = error instanceof GradcheckError ? ` (${error.code})` : '';
    return lines([`${error.message}${code}`, ...error.faults.map(describeFault)]);
  }
  return lines([error instanceof Error ? (error.stack ?? error.message) : String(error)]);
}

function describeFault({ pointer, detail }: Fault): string {
  return `  ${pointer === '' ? '(the document)' : pointer}: ${detail}`;
}

function lines([first, ...rest]: readonly string[]): string {
  return `${[`gradcheck: ${first}`, ...rest].join('\n')}\n`;
}

/** The innermost message of an error: what `fetch failed` failed of. */
export function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause !== undefined) return causeOf(error.cause);
  return error.message === '' && 'code' in error ? String(error.code) : error.message;
}
