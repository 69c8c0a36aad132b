import { type ErrorCode, GradcheckError } from '../../../errors/catalogue.ts';

/**
 * What an error of SQLite, libsql or the file system means to the service. The codes are SQLite's
 * (https://www.sqlite.org/rescode.html), with their extended forms such as SQLITE_READONLY_DBMOVED, and Node's.
 */
export function sqliteFailure(error: unknown): GradcheckError {
  if (error instanceof GradcheckError) return error;
  const cause = error instanceof Error ? error : new Error(String(error));
  return new GradcheckError(meaningOf(codeOf(cause)), `The store failed: ${cause.message}`, { cause });
}

/** Whether another process held the lock. */
export function isBusy(error: unknown): boolean {
  return error instanceof Error && codeOf(error).startsWith('SQLITE_BUSY');
}

function meaningOf(code: string): ErrorCode {
  if (code.startsWith('SQLITE_FULL') || code === 'ENOSPC') return 'storage-full';
  if (/^(SQLITE_(READONLY|CANTOPEN|PERM)|EROFS|EACCES|EPERM)/.test(code)) return 'storage-read-only';
  return 'storage-failed';
}

function codeOf(error: Error): string {
  if ('code' in error && typeof error.code === 'string' && error.code !== '') return error.code;
  // libsql's error on opening a file bears SQLite's result code in its text only; 14 is SQLITE_CANTOPEN.
  return /ConnectionFailed\(.*: 14"\)/.test(error.message) ? 'SQLITE_CANTOPEN' : '';
}
