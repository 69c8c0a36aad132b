import type { ShardResult, StageName } from '../../../check/shard.ts';
import { GradcheckError } from '../../../errors/catalogue.ts';
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
import { formatCursor, type PageCursor, parseCursor } from '../page-cursor.ts';
import { decodeShardResult, encodeShardResult } from '../shard-result-codec.ts';
import { MemoryJob } from './memory-job.ts';

/** How long the id of a removed job is kept, in ms: 30 days. */
const TOMBSTONE_AGE = 30 * 24 * 3600 * 1000;

/** Jobs in memory. */
export class MemoryJobStore implements JobStore {
  readonly #jobs = new Map<string, MemoryJob>();
  readonly #removedAt = new Map<string, number>();
  readonly #idempotency = new Map<string, IdempotencyRecord>();
  readonly #clock: () => number;
  readonly #tensorBytes: (id: string) => number | undefined;

  /** @param tensorBytes - the size of a tensor, or undefined when there is none. */
  constructor(clock: () => number, tensorBytes: (id: string) => number | undefined) {
    this.#clock = clock;
    this.#tensorBytes = tensorBytes;
  }

  /** Whether a job names the tensor. */
  names(tensorId: string): boolean {
    for (const job of this.#jobs.values()) if (job.tensorIds.has(tensorId)) return true;
    return false;
  }

  async insert(
    job: JobRecord,
    payload: JobPayload,
    key?: Omit<IdempotencyRecord, 'jobId'>,
  ): Promise<InsertOutcome> {
    const used = key && this.#liveKey(key.client, key.key, job.createdAt);
    if (used !== undefined) {
      return used.fingerprint === key?.fingerprint
        ? { kind: 'repeated', jobId: used.jobId }
        : { kind: 'mismatch' };
    }
    const stored = new MemoryJob(job, payload);
    const { spec, numbers } = payload;
    let bytes = Buffer.byteLength(spec) + (numbers.kind === 'inline' ? numbers.values.byteLength : 0);
    for (const id of stored.tensorIds) bytes += this.#bytesOf(id);
    stored.change({ bytes });
    if (this.#jobs.has(job.id))
      throw new GradcheckError('storage-failed', `There is a job ${job.id} already.`);
    this.#jobs.set(job.id, stored);
    if (key !== undefined) this.#idempotency.set(keyText(key.client, key.key), { ...key, jobId: job.id });
    return { kind: 'inserted' };
  }

  async get(id: string): Promise<JobRecord | undefined> {
    return this.#jobs.get(id)?.record;
  }

  async payload(id: string): Promise<JobPayload | undefined> {
    return structuredClone(this.#jobs.get(id)?.payload);
  }

  async list(filter: JobFilter, limit: number, after?: string): Promise<JobPage> {
    const cursor = after === undefined ? undefined : parseCursor(after);
    const found = this.#records()
      .filter((job) => matches(job, filter) && (cursor === undefined || compareAge(job, cursor) < 0))
      .sort((a, b) => compareAge(b, a));
    const jobs = found.slice(0, limit);
    const last = jobs.at(-1);
    return found.length > limit && last !== undefined ? { jobs, next: formatCursor(last) } : { jobs };
  }

  async wasRemoved(id: string): Promise<boolean> {
    return this.#removedAt.has(id);
  }

  async findIdempotency(client: string, key: string, now: number): Promise<IdempotencyRecord | undefined> {
    return this.#liveKey(client, key, now);
  }

  async claimable(now: number, limit: number): Promise<readonly JobRecord[]> {
    return this.#records()
      .filter((job) => job.finishedAt === undefined && job.leaseUntil <= now)
      .sort(compareAge)
      .slice(0, limit);
  }

  async acquire(
    id: string,
    owner: string,
    now: number,
    leaseUntil: number,
  ): Promise<{ lease: Lease; job: JobRecord } | undefined> {
    const job = this.#jobs.get(id);
    if (job === undefined || job.hasEnded) return undefined;
    if (job.record.owner !== owner && job.record.leaseUntil > now) return undefined;
    const fence = job.record.fence + 1;
    job.change({ owner, leaseUntil, fence });
    return { lease: { jobId: id, owner, fence }, job: job.record };
  }

  async renew(lease: Lease, leaseUntil: number): Promise<boolean> {
    return this.#held(lease)?.change({ leaseUntil }) ?? false;
  }

  async release(lease: Lease): Promise<boolean> {
    return this.#held(lease)?.change({ owner: undefined, leaseUntil: 0 }) ?? false;
  }

  async start(lease: Lease, startedAt: number): Promise<boolean> {
    const job = this.#held(lease);
    return job?.change({ status: 'running', startedAt: job.record.startedAt ?? startedAt }) ?? false;
  }

  async putShardResult(
    lease: Lease,
    result: ShardResult,
    progress: JobProgress,
    point = 1,
  ): Promise<boolean> {
    const job = this.#held(lease);
    if (job === undefined) return false;
    job.keepResult(point, result.stage, result.index, encodeShardResult(result));
    return job.change({ progress: { ...progress } });
  }

  async shardResults(id: string, stage: StageName, point = 1): Promise<readonly ShardResult[]> {
    return (this.#jobs.get(id)?.results(point, stage) ?? []).map((bytes) => decodeShardResult(bytes));
  }

  async appendEvent(lease: Lease, event: NewEvent): Promise<StoredEvent | undefined> {
    return this.#held(lease)?.keepEvent(event);
  }

  async events(id: string, after: number, limit: number): Promise<readonly StoredEvent[]> {
    return this.#jobs.get(id)?.events.slice(after, after + limit) ?? [];
  }

  async lastEvent(id: string): Promise<LastEvent | undefined> {
    const job = this.#jobs.get(id);
    return job && { id: job.events.length, isTerminal: job.hasEnded };
  }

  async finish(lease: Lease, ending: JobEnding): Promise<readonly StoredEvent[] | undefined> {
    const numericBytes = this.#bytesOfNumbers(ending.numeric);
    return this.#held(lease)?.end(ending, numericBytes);
  }

  async requestCancel(id: string): Promise<JobRecord | undefined> {
    const job = this.#jobs.get(id);
    if (job !== undefined && !job.hasEnded) job.change({ cancelRequested: true });
    return job?.record;
  }

  async report(id: string): Promise<string | undefined> {
    return this.#jobs.get(id)?.report;
  }

  async numeric(id: string): Promise<Numbers | undefined> {
    return this.#jobs.get(id)?.numeric;
  }

  async remove(id: string): Promise<boolean> {
    return this.#remove(id, this.#clock());
  }

  async retain({ now, maxJobs, maxBytes }: RetentionLimits): Promise<number> {
    const oldestFirst = this.#records().sort(compareAge);
    let jobs = oldestFirst.length;
    let bytes = oldestFirst.reduce((sum, job) => sum + job.bytes, 0);
    const removeWhere = (isDoomed: (job: JobRecord) => boolean) => {
      for (const job of oldestFirst) {
        if (!isDoomed(job) || !this.#remove(job.id, now)) continue;
        jobs -= 1;
        bytes -= job.bytes;
      }
    };
    removeWhere(({ expiresAt }) => expiresAt !== undefined && expiresAt <= now);
    removeWhere(() => jobs > maxJobs || bytes > maxBytes);
    this.#dropOld(now);
    return oldestFirst.length - jobs;
  }

  async backlog(): Promise<{ jobs: number; workSeconds: number }> {
    const waiting = this.#records().filter((job) => job.finishedAt === undefined);
    return { jobs: waiting.length, workSeconds: waiting.reduce((sum, job) => sum + job.workSeconds, 0) };
  }

  #records(): JobRecord[] {
    return Array.from(this.#jobs.values(), (job) => job.record);
  }

  #held(lease: Lease): MemoryJob | undefined {
    const job = this.#jobs.get(lease.jobId);
    return job?.isHeldBy(lease) ? job : undefined;
  }

  #liveKey(client: string, key: string, now: number): IdempotencyRecord | undefined {
    const record = this.#idempotency.get(keyText(client, key));
    return record !== undefined && record.expiresAt > now ? record : undefined;
  }

  #bytesOf(tensorId: string): number {
    const bytes = this.#tensorBytes(tensorId);
    if (bytes !== undefined) return bytes;
    throw new GradcheckError('internal', `A job names tensor ${tensorId}, which is not stored.`);
  }

  #bytesOfNumbers(numbers: Numbers | undefined): number {
    if (numbers === undefined) return 0;
    return numbers.kind === 'inline' ? numbers.values.byteLength : this.#bytesOf(numbers.id);
  }

  #remove(id: string, now: number): boolean {
    if (!this.#jobs.get(id)?.hasEnded) return false;
    this.#jobs.delete(id);
    this.#removedAt.set(id, now);
    for (const [key, { jobId }] of this.#idempotency) if (jobId === id) this.#idempotency.delete(key);
    return true;
  }

  #dropOld(now: number): void {
    for (const [key, { expiresAt }] of this.#idempotency) if (expiresAt <= now) this.#idempotency.delete(key);
    for (const [id, at] of this.#removedAt) if (at <= now - TOMBSTONE_AGE) this.#removedAt.delete(id);
  }
}

function keyText(client: string, key: string): string {
  return JSON.stringify([client, key]);
}

/** Negative when `a` is the older one. */
function compareAge(a: PageCursor, b: PageCursor): number {
  if (a.createdAt !== b.createdAt) return a.createdAt - b.createdAt;
  return a.id < b.id ? -1 : Number(a.id > b.id);
}

function matches(job: JobRecord, { status, verdict, label }: JobFilter): boolean {
  if (status !== undefined && job.status !== status) return false;
  if (verdict !== undefined && job.verdict !== verdict) return false;
  return (
    label === undefined || (Object.hasOwn(job.labels, label.key) && job.labels[label.key] === label.value)
  );
}
