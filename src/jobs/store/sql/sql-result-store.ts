import type { Kysely } from 'kysely';
import type { StageName } from '../../../check/shard.ts';
import type { JobProgress } from '../../job-record.ts';
import type { Lease } from '../job-store.ts';
import type { EncodedResult, ResultSize, ResultStore } from '../result-store.ts';
import type { GroupCommit } from './group-commit.ts';
import { heldBy } from './job-leases.ts';
import { prepare } from './prepared-query.ts';
import type { Schema } from './schema.ts';
import type { SqlSession } from './sql-session.ts';

/** Shard results in SQL, with the progress that each of them makes. */
export class SqlResultStore implements ResultStore {
  readonly #reader: SqlSession;
  readonly #writes: GroupCommit;
  readonly #queries: ReturnType<typeof resultQueries>;

  constructor(reader: SqlSession, writes: GroupCommit) {
    this.#reader = reader;
    this.#writes = writes;
    this.#queries = resultQueries(reader.kysely);
  }

  put(lease: Lease, encoded: EncodedResult, progress: JobProgress): Promise<boolean> {
    const put = (session: SqlSession) => this.#put(session, lease, encoded, progress);
    return this.#writes.write(put, encoded.result.byteLength);
  }

  async sizes(id: string, point: number, stage: StageName): Promise<readonly ResultSize[]> {
    return this.#reader.rows(this.#queries.resultSizes.bind({ id, point, stage }));
  }

  async read(
    id: string,
    point: number,
    stage: StageName,
    first: number,
    last: number,
  ): Promise<readonly Uint8Array[]> {
    const rows = await this.#reader.rows(this.#queries.results.bind({ id, point, stage, first, last }));
    return rows.map(({ result }) => new Uint8Array(result));
  }

  async #put(
    session: SqlSession,
    lease: Lease,
    { point, stage, index, result }: EncodedResult,
    progress: JobProgress,
  ): Promise<boolean> {
    const bytes = result.byteLength;
    const advanced = await session.changes(this.#queries.advance.bind({ ...lease, ...progress, bytes }));
    if (advanced === 0) return false;
    const { jobId } = lease;
    const put = this.#queries.putResult.bind({ jobId, point, stage, shard: index, bytes, result });
    const isNew = (await session.changes(put)) === 1;
    if (!isNew) await session.changes(this.#queries.takeBytesBack.bind({ jobId, bytes }));
    return true;
  }
}

type LeaseValues = { jobId: string; owner: string; fence: number };
type ProgressValues = { stage: StageName; completed: number; total: number };
type ResultValues = {
  jobId: string;
  point: number;
  stage: StageName;
  shard: number;
  bytes: number;
  result: Uint8Array;
};

function resultQueries(kysely: Kysely<Schema>) {
  return {
    advance: prepare<LeaseValues & ProgressValues & { bytes: number }>()((value) =>
      kysely
        .updateTable('jobs')
        .set((job) => ({
          stage: value('stage'),
          completed: value('completed'),
          total: value('total'),
          bytes: job('bytes', '+', value('bytes')),
          result_bytes: job('result_bytes', '+', value('bytes')),
        }))
        .where(heldBy(value('jobId'), value('owner'), value('fence'))),
    ),
    putResult: prepare<ResultValues>()((value) =>
      kysely
        .insertInto('shard_results')
        .values({
          job_id: value('jobId'),
          point: value('point'),
          stage: value('stage'),
          shard: value('shard'),
          bytes: value('bytes'),
          result: value('result'),
        })
        .onConflict((conflict) => conflict.doNothing()),
    ),
    takeBytesBack: prepare<{ jobId: string; bytes: number }>()((value) =>
      kysely
        .updateTable('jobs')
        .set((job) => ({
          bytes: job('bytes', '-', value('bytes')),
          result_bytes: job('result_bytes', '-', value('bytes')),
        }))
        .where('id', '=', value('jobId')),
    ),
    resultSizes: prepare<{ id: string; point: number; stage: StageName }>()((value) =>
      kysely
        .selectFrom('shard_results')
        .select(['shard', 'bytes'])
        .where('job_id', '=', value('id'))
        .where('point', '=', value('point'))
        .where('stage', '=', value('stage'))
        .orderBy('shard'),
    ),
    results: prepare<{ id: string; point: number; stage: StageName; first: number; last: number }>()(
      (value) =>
        kysely
          .selectFrom('shard_results')
          .select('result')
          .where('job_id', '=', value('id'))
          .where('point', '=', value('point'))
          .where('stage', '=', value('stage'))
          .where('shard', '>=', value('first'))
          .where('shard', '<=', value('last'))
          .orderBy('shard'),
    ),
  };
}
