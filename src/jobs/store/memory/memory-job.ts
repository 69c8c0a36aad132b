import type { StageName } from '../../../check/shard.ts';
import type { StoredEvent } from '../../job-event.ts';
import { type JobPayload, tensorsOf } from '../../job-payload.ts';
import type { JobRecord } from '../../job-record.ts';
import type { Numbers } from '../../numbers.ts';
import type { JobEnding, Lease } from '../job-store.ts';
import type { endingTexts, NewEvent } from '../stored-event.ts';

/** One job and what hangs on it. Texts and bytes are kept rather than objects, so that nothing is shared. */
export class MemoryJob {
  readonly payload: JobPayload;
  readonly events: StoredEvent[] = [];
  readonly tensorIds: Set<string>;
  readonly #results = new Map<StageName, Map<number, Uint8Array>>();
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
  keepResult(stage: StageName, shard: number, result: Uint8Array): void {
    const results = this.#results.get(stage) ?? new Map<number, Uint8Array>();
    this.#results.set(stage, results);
    if (results.has(shard)) return;
    results.set(shard, result);
    this.change({ bytes: this.#record.bytes + result.byteLength });
  }

  /** The results of a stage in shard order. */
  results(stage: StageName): Uint8Array[] {
    const results = [...(this.#results.get(stage) ?? [])];
    return results.sort(([a], [b]) => a - b).map(([, result]) => result);
  }

  /** Numbers an event and keeps it. */
  keepEvent({ type, data, isReport }: NewEvent): StoredEvent {
    const event = { id: this.events.length + 1, type, data };
    this.events.push(event);
    if (!isReport) this.change({ bytes: this.#record.bytes + Buffer.byteLength(data) });
    return event;
  }

  /** @returns the events stored, the terminal one last. */
  end(ending: JobEnding, texts: ReturnType<typeof endingTexts>, numericBytes: number): StoredEvent[] {
    const { status, verdict, error, progress, numeric, ...times } = structuredClone(ending);
    const startedAt = this.#record.startedAt ?? times.startedAt;
    const { finishedAt, expiresAt } = times;
    const events = texts.events.map((event) => this.keepEvent(event));
    this.#report = texts.report;
    this.#numeric = numeric;
    if (numeric?.kind === 'tensor') this.tensorIds.add(numeric.id);
    const bytes =
      this.#record.bytes - this.#dropResults() + Buffer.byteLength(texts.report ?? '') + numericBytes;
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
