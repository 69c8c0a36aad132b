import { constants } from 'node:fs';
import { access, mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import Libsql from 'libsql';
import { GradcheckError } from '../../../errors/catalogue.ts';
import type { Log } from '../../log.ts';
import { migrate } from '../sql/migrate.ts';
import { SqlDatabase } from '../sql/sql-database.ts';
import { SqlStore } from '../sql/sql-store.ts';
import { sqliteDialect } from './sqlite-dialect.ts';
import { sqliteFailure } from './sqlite-failure.ts';

export interface SqliteStoreOptions {
  /** The file, made with its folder when it is not there, or `:memory:`. */
  readonly path: string;
  readonly log?: Log;
  /** ms since 1970. */
  readonly clock?: () => number;
}

/**
 * Opens the embedded store. Several processes may have one file open. A file that cannot be written is opened for
 * reading: every write then fails with `storage-read-only`.
 *
 * Room that removals free is used again and not given back to the file system: retention bounds what is kept, so the
 * file stops growing at the most it ever held, while giving room back would move pages about while others wait.
 * `VACUUM`, run while the service is stopped, shrinks the file.
 *
 * @throws GradcheckError `storage-read-only` when the file can neither be made nor read, `storage-failed` when it is
 * no store or a later program's.
 */
export async function openSqliteStore({
  path,
  log,
  clock = Date.now,
}: SqliteStoreOptions): Promise<SqlStore> {
  const connection = path === ':memory:' ? connect(path) : await openFile(resolve(path), log);
  const database = new SqlDatabase(sqliteDialect(connection));
  try {
    await migrate(database, log);
  } catch (error) {
    await database.close();
    throw sqliteFailure(error);
  }
  connection.pragma(`busy_timeout = ${BUSY_TIMEOUT}`);
  log?.info({ path }, 'store opened');
  return new SqlStore(database, clock);
}

/**
 * SQLite waits for locks without letting its thread do anything else, so it may do so only briefly once the service runs;
 * `SqlDatabase` waits longer, between looks. While opening nothing else is held up. In ms.
 */
const BUSY_TIMEOUT = 20;
const OPENING_BUSY_TIMEOUT = 5_000;

/** The page cache in KiB, as SQLite wants it: negative. */
const CACHE_SIZE = -16_384;

async function openFile(path: string, log?: Log): Promise<Libsql.Database> {
  try {
    await makeFolder(dirname(path));
    const connection = connect(path);
    await access(path, constants.W_OK).catch(() => log?.warn({ path }, 'the store can only be read'));
    return connection;
  } catch (error) {
    const failure = sqliteFailure(error);
    if (failure.code !== 'storage-read-only' || !(await hasNoLog(path))) throw failure;
    log?.warn({ path, cause: failure.message }, 'the store can only be read');
    return openImmutable(path);
  }
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (cause) {
    // The error's own code says little: on a read-only file system Node 20 reports ENOENT for a missing parent.
    const isFull = sqliteFailure(cause).code === 'storage-full';
    const detail = `The folder ${folder} cannot be made.`;
    throw new GradcheckError(isFull ? 'storage-full' : 'storage-read-only', detail, { cause });
  }
}

/**
 * Pages that the write-ahead log grows to before they are copied to the database: 4 MiB. That holds its thread for
 * about 20 ms with its waits for the disk, 16 MiB for over 50; small jobs do not get faster with more.
 */
const CHECKPOINT_PAGES = 1024;

/** @throws what libsql throws; nothing stays open then. */
function connect(path: string): Libsql.Database {
  const connection = new Libsql(path);
  try {
    connection.pragma(`busy_timeout = ${OPENING_BUSY_TIMEOUT}`);
    connection.pragma('journal_mode = WAL');
    // A commit is on the disk when it returns: what was acknowledged survives a loss of power.
    connection.pragma('synchronous = FULL');
    connection.pragma('foreign_keys = ON');
    connection.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    connection.pragma(`cache_size = ${CACHE_SIZE}`);
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** Whether the file is there and every page in place, with nothing in a write-ahead log beside it. */
async function hasNoLog(path: string): Promise<boolean> {
  const isThere = await stat(path).catch(() => undefined);
  const log = await stat(`${path}-wal`).catch(() => undefined);
  return isThere !== undefined && (log === undefined || log.size === 0);
}

/**
 * SQLite needs to write a file beside one in WAL mode even to read it, unless it is told that nobody changes it
 * (https://www.sqlite.org/wal.html, section 9).
 */
function openImmutable(path: string): Libsql.Database {
  return new Libsql(`${pathToFileURL(path).href}?immutable=1`);
}
