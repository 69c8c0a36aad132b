import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';

/**
 * How many shard results of unfinished jobs a store holds whose process was killed. It reads a copy, as opening a
 * database mends what the kill has left, and that is the next process's to do.
 */
export function countStoredShards(dataDir: string): number {
  const copy = mkdtempSync(join(tmpdir(), 'gradcheck-shards-'));
  try {
    for (const name of ['gradcheck.db', 'gradcheck.db-wal']) {
      if (existsSync(join(dataDir, name))) copyFileSync(join(dataDir, name), join(copy, name));
    }
    const database = new Database(join(copy, 'gradcheck.db'));
    const rows = database.prepare('select 1 from shard_results').all();
    database.close();
    return rows.length;
  } finally {
    rmSync(copy, { recursive: true });
  }
}
