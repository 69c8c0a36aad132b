import type { ShardResult, StageName } from '../../../check/shard.ts';
import type { LastEvent, NewEvent, StoredEvent } from '../../job-event.ts';
import type { JobPayload } from '../../job-payload.ts';
import type { JobProgress, JobRecord } from '../../job-record.ts';
import type { Numbers } from '../../numbers.ts';
import type {
  IdempotencyRecord,
  InsertOutcome,
  JobEnding,
  JobFilter,
  JobPage,
  JobStore,
  Lease,
  RetentionLimits,
} from '../job-store.ts';
import type { ResultStore } from '../result-store.ts';
import { ShardResults } from '../shard-results.ts';
import type { GroupCommit } from './group-commit.ts';
import { JobConclusion } from './job-conclusion.ts';
import { JobEvents } from './job-events.ts';
import { JobInsertion } from './job-insertion.ts';
import { JobLeases } from './job-leases.ts';
import { listJobs } from './job-list.ts';
import { jobQueries } from './job-queries.ts';
import { JobReads } from './job-reads.ts';
import { JobRemoval } from './job-removal.ts';
import { fromJobRow } from './job-row.ts';
import type { SqlSession } from './sql-session.ts';
import { TensorLinks } from './tensor-links.ts';

/**
 * Jobs in SQL. Reads go straight to the database, writes through the group commit; texts and bytes are made before a
 * write is queued, so that a transaction holds statements only.
 */
export class SqlJobStore implements JobStore {
  readonly #reader: SqlSession;
  readonly #writes: GroupCommit;
  readonly #clock: () => number;
  readonly #reads: JobReads;
  readonly #leases: JobLeases;
  readonly #insertion: JobInsertion;
  readonly #results: ShardResults;
  readonly #events: JobEvents;
  readonly #conclusion: JobConclusion;
  readonly #removal: JobRemoval;
  readonly #queries: ReturnType<typeof jobQueries>;

  constructor(reader: SqlSession, writes: GroupCommit, results: ResultStore, clock: () => number) {
    const links = new TensorLinks(reader.kysely);
    this.#reader = reader;
    this.#writes = writes;
    this.#clock = clock;
    this.#reads = new JobReads(reader);
    this.#leases = new JobLeases(reader.kysely);
    this.#insertion = new JobInsertion(reader.kysely, links);
    this.#results = new ShardResults(results);
    this.#events = new JobEvents(reader.kysely);
    this.#conclusion = new JobConclusion(reader.kysely, this.#events, links);
    this.#removal = new JobRemoval(reader, writes);
    this.#queries = jobQueries(reader.kysely);
  }

  insert(
    job: JobRecord,
    payload: JobPayload,
    key?: Omit<IdempotencyRecord, 'jobId'>,
  ): Promise<InsertOutcome> {
    return this.#writes.write((session) => this.#insertion.insert(session, job, payload, key));
  }

  get(id: string): Promise<JobRecord | undefined> {
    return this.#reads.job(id);
  }

  payload(id: string): Promise<JobPayload | undefined> {
    return this.#reads.payload(id);
  }

  list(filter: JobFilter, limit: number, after?: string): Promise<JobPage> {
    return listJobs(this.#reader, filter, limit, after);
  }

  wasRemoved(id: string): Promise<boolean> {
    return this.#reads.wasRemoved(id);
  }

  findIdempotency(client: string, key: string, now: number): Promise<IdempotencyRecord | undefined> {
    return this.#reads.idempotency(client, key, now);
  }

  claimable(now: number, limit: number): Promise<readonly JobRecord[]> {
    return this.#reads.claimable(now, limit);
  }

  acquire(
    id: string,
    owner: string,
    now: number,
    leaseUntil: number,
  ): Promise<{ lease: Lease; job: JobRecord } | undefined> {
    return this.#writes.write((session) => this.#leases.acquire(session, { id, owner, now, leaseUntil }));
  }

  renew(lease: Lease, leaseUntil: number): Promise<boolean> {
    return this.#writes.write((session) => this.#leases.renew(session, lease, leaseUntil));
  }

  release(lease: Lease): Promise<boolean> {
    return this.#writes.write((session) => this.#leases.release(session, lease));
  }

  start(lease: Lease, startedAt: number): Promise<boolean> {
    return this.#writes.write((session) => this.#leases.start(session, lease, startedAt));
  }

  putShardResult(lease: Lease, result: ShardResult, progress: JobProgress, point = 1): Promise<boolean> {
    return this.#results.put(lease, result, progress, point);
  }

  shardResults(id: string, stage: StageName, point = 1): Promise<readonly ShardResult[]> {
    return this.#results.read(id, stage, point);
  }

  appendEvent(lease: Lease, event: NewEvent): Promise<StoredEvent | undefined> {
    return this.#writes.write(
      (session) => this.#events.appendEvent(session, lease, event),
      event.data.length,
    );
  }

  events(id: string, after: number, limit: number): Promise<readonly StoredEvent[]> {
    return this.#reads.events(id, after, limit);
  }

  lastEvent(id: string): Promise<LastEvent | undefined> {
    return this.#reads.lastEvent(id);
  }

  finish(lease: Lease, ending: JobEnding): Promise<readonly StoredEvent[] | undefined> {
    const finish = (session: SqlSession) => this.#conclusion.finish(session, lease, ending);
    return this.#writes.write(finish, ending.events.at(-1)?.data.length);
  }

  requestCancel(id: string): Promise<JobRecord | undefined> {
    return this.#writes.write(async (session) => {
      await session.changes(this.#queries.requestCancel.bind({ id }));
      const row = await session.row(this.#queries.job.bind({ id }));
      return row === undefined ? undefined : fromJobRow(row);
    });
  }

  report(id: string): Promise<string | undefined> {
    return this.#reads.report(id);
  }

  numeric(id: string): Promise<Numbers | undefined> {
    return this.#reads.numeric(id);
  }

  remove(id: string): Promise<boolean> {
    return this.#writes.write((session) => this.#removal.remove(session, id, this.#clock()));
  }

  retain(limits: RetentionLimits): Promise<number> {
    return this.#removal.retain(limits);
  }

  backlog(): Promise<{ jobs: number; workSeconds: number }> {
    return this.#reads.backlog();
  }
}
