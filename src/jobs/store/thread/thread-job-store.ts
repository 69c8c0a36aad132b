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
import { ShardResults } from '../shard-results.ts';
import type { StoreThread } from './store-thread.ts';
import { ThreadResultStore } from './thread-result-store.ts';

/** Jobs kept by a thread. */
export class ThreadJobStore implements JobStore {
  readonly #thread: StoreThread;
  readonly #results: ShardResults;

  constructor(thread: StoreThread) {
    this.#thread = thread;
    this.#results = new ShardResults(new ThreadResultStore(thread));
  }

  insert(
    job: JobRecord,
    payload: JobPayload,
    key?: Omit<IdempotencyRecord, 'jobId'>,
  ): Promise<InsertOutcome> {
    return this.#thread.call('jobs', 'insert', [job, payload, key]);
  }

  get(id: string): Promise<JobRecord | undefined> {
    return this.#thread.call('jobs', 'get', [id]);
  }

  payload(id: string): Promise<JobPayload | undefined> {
    return this.#thread.call('jobs', 'payload', [id]);
  }

  list(filter: JobFilter, limit: number, after?: string): Promise<JobPage> {
    return this.#thread.call('jobs', 'list', [filter, limit, after]);
  }

  wasRemoved(id: string): Promise<boolean> {
    return this.#thread.call('jobs', 'wasRemoved', [id]);
  }

  findIdempotency(client: string, key: string, now: number): Promise<IdempotencyRecord | undefined> {
    return this.#thread.call('jobs', 'findIdempotency', [client, key, now]);
  }

  claimable(now: number, limit: number): Promise<readonly JobRecord[]> {
    return this.#thread.call('jobs', 'claimable', [now, limit]);
  }

  acquire(
    id: string,
    owner: string,
    now: number,
    leaseUntil: number,
  ): Promise<{ lease: Lease; job: JobRecord } | undefined> {
    return this.#thread.call('jobs', 'acquire', [id, owner, now, leaseUntil]);
  }

  renew(lease: Lease, leaseUntil: number): Promise<boolean> {
    return this.#thread.call('jobs', 'renew', [lease, leaseUntil]);
  }

  release(lease: Lease): Promise<boolean> {
    return this.#thread.call('jobs', 'release', [lease]);
  }

  start(lease: Lease, startedAt: number): Promise<boolean> {
    return this.#thread.call('jobs', 'start', [lease, startedAt]);
  }

  putShardResult(lease: Lease, result: ShardResult, progress: JobProgress, point = 1): Promise<boolean> {
    return this.#results.put(lease, result, progress, point);
  }

  shardResults(id: string, stage: StageName, point = 1): Promise<readonly ShardResult[]> {
    return this.#results.read(id, stage, point);
  }

  appendEvent(lease: Lease, event: NewEvent): Promise<StoredEvent | undefined> {
    return this.#thread.call('jobs', 'appendEvent', [lease, event]);
  }

  events(id: string, after: number, limit: number): Promise<readonly StoredEvent[]> {
    return this.#thread.call('jobs', 'events', [id, after, limit]);
  }

  lastEvent(id: string): Promise<LastEvent | undefined> {
    return this.#thread.call('jobs', 'lastEvent', [id]);
  }

  finish(lease: Lease, ending: JobEnding): Promise<readonly StoredEvent[] | undefined> {
    return this.#thread.call('jobs', 'finish', [lease, ending]);
  }

  requestCancel(id: string): Promise<JobRecord | undefined> {
    return this.#thread.call('jobs', 'requestCancel', [id]);
  }

  report(id: string): Promise<string | undefined> {
    return this.#thread.call('jobs', 'report', [id]);
  }

  numeric(id: string): Promise<Numbers | undefined> {
    return this.#thread.call('jobs', 'numeric', [id]);
  }

  remove(id: string): Promise<boolean> {
    return this.#thread.call('jobs', 'remove', [id]);
  }

  retain(limits: RetentionLimits): Promise<number> {
    return this.#thread.call('jobs', 'retain', [limits]);
  }

  backlog(): Promise<{ jobs: number; workSeconds: number }> {
    return this.#thread.call('jobs', 'backlog', []);
  }
}
