import type { StageName } from '../../../check/shard.ts';
import type { NewEvent, StoredEvent } from '../../job-event.ts';
import { type JobPayload, tensorsOf } from '../../job-payload.ts';
import type { JobRecord } from '../../job-record.ts';
import type { Numbers } from '../../numbers.ts';
import type { JobEnding, Lease } from '../job-store.ts';

/** One job and what hangs on it. Texts and bytes are kept rather than objects, so that nothing is shared. */
export class MemoryJob {
  readonly payload: JobPayload;
  readonly events: StoredEvent[] = [];
  readonly tensorIds: Set<string>;
  /** By point and stage, then by shard. */
  readonly #results = new Map<string, Map<number, Uint8Array>>();
  #record: JobRecord;
  #report: string | undefined;
  #numeric: Numbers | undefined;

  constructor(record: JobRecord, payload: JobPayload) {
    this.payload = structuredClone(payload);
    this.tensorIds = new Set(tensorsOf(payload.numbers));
    this.#record = structuredClone(record);
  }

  get record(): JobRecord {
    return structuredClone(this.#record);
  }

  get hasEnded(): boolean {
    return this.#record.finishedAt !== undefined;
  }

  get report(): string | undefined {
    return this.#report;
  }

  get numeric(): Numbers | undefined {
    return structuredClone(this.#numeric);
  }

  /** Whether the lease is the job's newest one and the job has not ended. */
  isHeldBy({ owner, fence }: Lease): boolean {
    return !this.hasEnded && this.#record.owner === owner && this.#record.fence === fence;
  }

  /** @returns true, for whoever reports that a change was made. */
  change(fields: Partial<JobRecord>): true {
    this.#record = { ...this.#record, ...fields };
    return true;
  }

  /** Keeps a shard's result unless it is there. */
  keepResult(point: number, stage: StageName, shard: number, result: Uint8Array): void {
    const key = resultsKey(point, stage);
    const results = this.#results.get(key) ?? new Map<number, Uint8Array>();
    this.#results.set(key, results);
    if (results.has(shard)) return;
    results.set(shard, result);
    this.change({ bytes: this.#record.bytes + result.byteLength });
  }

  /** The results of a point's stage in shard order. */
  results(point: number, stage: StageName): Uint8Array[] {
    const results = [...(this.#results.get(resultsKey(point, stage)) ?? [])];
    return results.sort(([a], [b]) => a - b).map(([, result]) => result);
  }

  /** Numbers an event and keeps it. */
  keepEvent({ type, data }: NewEvent): StoredEvent {
    const event = { id: this.events.length + 1, type, data };
    this.events.push(event);
    this.change({ bytes: this.#record.bytes + Buffer.byteLength(data) });
    return event;
  }

  /** @returns the events stored, the terminal one last. */
  end(ending: JobEnding, numericBytes: number): StoredEvent[] {
    const { status, verdict, error, progress, numeric, ...times } = structuredClone(ending);
    const startedAt = this.#record.startedAt ?? times.startedAt;
    const { finishedAt, expiresAt } = times;
    const events = ending.events.map((event) => this.keepEvent(event));
    const last = ending.events.at(-1);
    this.#report = last?.type === 'report' ? last.data : undefined;
    this.#numeric = numeric;
    if (numeric?.kind === 'tensor') this.tensorIds.add(numeric.id);
    const bytes = this.#record.bytes - this.#dropResults() + numericBytes;
    const ended = { status, verdict, error, progress, startedAt, finishedAt, expiresAt };
    this.change({ ...ended, owner: undefined, leaseUntil: 0, bytes });
    return events;
  }

  /** @returns the bytes freed. */
  #dropResults(): number {
    let bytes = 0;
    for (const results of this.#results.values()) {
      for (const result of results.values()) bytes += result.byteLength;
    }
    this.#results.clear();
    return bytes;
  }
}

function resultsKey(point: number, stage: StageName): string {
  return `${point} ${stage}`;
}
