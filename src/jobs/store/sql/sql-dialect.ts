import type { Dialect } from 'kysely';
import type { GradcheckError } from '../../../errors/catalogue.ts';

/** All that differs between the databases the store runs on. */
export interface SqlDialect {
  readonly kysely: Dialect;
  /** The name of the type of a column of bytes. */
  readonly bytesType: 'blob' | 'bytea';
  /** The statement that opens a writing transaction. */
  readonly begin: string;
  /** The statement that moves what was committed to its place, where the database leaves that to the process. */
  readonly checkpoint?: string;
  /** Whether `begin` failed only because another process is writing. */
  isBusy(error: unknown): boolean;
  /** What an error of the driver means to the service. */
  failure(error: unknown): GradcheckError;
}
