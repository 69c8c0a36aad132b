import { setImmediate } from 'node:timers/promises';
import type { Report } from '../../../check/report.ts';
import type { ShardResult, StageName } from '../../../check/shard.ts';
import type { StoredEvent } from '../../job-event.ts';
import type { JobPayload, JobRecord } from '../../job-record.ts';
import type { IdempotencyRecord } from '../job-store.ts';
import { decodeShardResult } from '../shard-result-codec.ts';
import { CHUNK_BYTES } from '../tensor-store.ts';
import { jobQueries } from './job-queries.ts';
import { fromJobRow } from './job-row.ts';
import type { SqlSession } from './sql-session.ts';

/** Reads jobs and what hangs on them. */
export class JobReads {
  readonly #session: SqlSession;
  readonly #queries: ReturnType<typeof jobQueries>;

  constructor(session: SqlSession) {
    this.#session = session;
    this.#queries = jobQueries(session.kysely);
  }

  async job(id: string): Promise<JobRecord | undefined> {
    const row = await this.#session.row(this.#queries.job.bind({ id }));
    return row === undefined ? undefined : fromJobRow(row);
  }

  async payload(id: string): Promise<JobPayload | undefined> {
    const row = await this.#session.row(this.#queries.payload.bind({ id }));
    if (row === undefined) return undefined;
    const tensors: JobPayload['tensors'] = JSON.parse(row.tensors);
    return { spec: row.spec, tensors };
  }

  async wasRemoved(id: string): Promise<boolean> {
    return (await this.#session.row(this.#queries.removed.bind({ id }))) !== undefined;
  }

  async idempotency(client: string, key: string, now: number): Promise<IdempotencyRecord | undefined> {
    const names = { client: JSON.stringify(client), key: JSON.stringify(key) };
    const row = await this.#session.row(this.#queries.idempotency.bind({ ...names, now }));
    if (row === undefined) return undefined;
    const { fingerprint, job_id: jobId, expires_at: expiresAt } = row;
    return { client, key, fingerprint, jobId, expiresAt };
  }

  async claimable(now: number, limit: number): Promise<JobRecord[]> {
    return (await this.#session.rows(this.#queries.claimable.bind({ now, limit }))).map(fromJobRow);
  }

  async backlog(): Promise<{ jobs: number; workSeconds: number }> {
    const row = await this.#session.row(this.#queries.backlog.bind({}));
    return { jobs: Number(row?.jobs ?? 0), workSeconds: Number(row?.work_seconds ?? 0) };
  }

  /** About a chunk's bytes are read by one statement; between two the event loop is let run. */
  async shardResults(id: string, stage: StageName): Promise<ShardResult[]> {
    const results: ShardResult[] = [];
    const sizes = await this.#session.rows(this.#queries.resultSizes.bind({ id, stage }));
    for (const [first, last] of runsOf(sizes)) {
      if (results.length > 0) await setImmediate();
      const rows = await this.#session.rows(this.#queries.results.bind({ id, stage, first, last }));
      for (const { result } of rows) results.push(decodeShardResult(result));
    }
    return results;
  }

  async events(id: string, after: number, limit: number): Promise<StoredEvent[]> {
    const rows = await this.#session.rows(this.#queries.events.bind({ id, after, limit }));
    const events: StoredEvent[] = [];
    for (const { id: number, type, data } of rows) {
      events.push({ id: number, type, data: data ?? (await this.#reportText(id)) ?? '' });
    }
    return events;
  }

  async report(id: string): Promise<Report | undefined> {
    const text = await this.#reportText(id);
    if (text === undefined) return undefined;
    const report: Report = JSON.parse(text);
    return report;
  }

  async numeric(id: string): Promise<string | undefined> {
    return (await this.#session.row(this.#queries.numeric.bind({ id })))?.numeric ?? undefined;
  }

  async #reportText(id: string): Promise<string | undefined> {
    return (await this.#session.row(this.#queries.report.bind({ id })))?.report;
  }
}

/** Cuts shards, in order, into runs [first, last] of about a chunk's bytes. */
function* runsOf(sizes: readonly { shard: number; bytes: number }[]): Generator<[number, number]> {
  let first: number | undefined;
  let bytes = 0;
  for (const size of sizes) {
    first ??= size.shard;
    bytes += size.bytes;
    if (bytes < CHUNK_BYTES && size !== sizes.at(-1)) continue;
    yield [first, size.shard];
    first = undefined;
    bytes = 0;
  }
}
