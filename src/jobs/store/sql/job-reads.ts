import type { Selectable } from 'kysely';
import { GradcheckError } from '../../../errors/catalogue.ts';
import type { LastEvent, StoredEvent } from '../../job-event.ts';
import type { JobNumbers, JobPayload } from '../../job-payload.ts';
import type { JobRecord } from '../../job-record.ts';
import type { Numbers } from '../../numbers.ts';
import { floatsOf } from '../float-bytes.ts';
import type { IdempotencyRecord } from '../job-store.ts';
import { endsInReport, fromEventRow } from './event-row.ts';
import { jobQueries } from './job-queries.ts';
import { fromJobRow } from './job-row.ts';
import type { PayloadsTable } from './schema.ts';
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
    return { spec: row.spec, numbers: numbersOf(row) };
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

  async events(id: string, after: number, limit: number): Promise<StoredEvent[]> {
    const rows = await this.#session.rows(this.#queries.events.bind({ id, after, limit }));
    const report = rows.some(endsInReport) ? await this.report(id) : undefined;
    const events = rows.flatMap((row) => fromEventRow(row, report ?? ''));
    return events.filter((event) => event.id > after).slice(0, limit);
  }

  async lastEvent(id: string): Promise<LastEvent | undefined> {
    const row = await this.#session.row(this.#queries.lastEvent.bind({ id }));
    return row && { id: row.last_event, isTerminal: row.finished_at !== null };
  }

  async report(id: string): Promise<string | undefined> {
    return (await this.#session.row(this.#queries.report.bind({ id })))?.report;
  }

  async numeric(id: string): Promise<Numbers | undefined> {
    const row = await this.#session.row(this.#queries.numeric.bind({ id }));
    if (row?.numeric) return { kind: 'inline', values: floatsOf(row.numeric) };
    return row?.numeric_tensor ? { kind: 'tensor', id: row.numeric_tensor } : undefined;
  }
}

function numbersOf({ numbers, tensors }: Pick<Selectable<PayloadsTable>, 'numbers' | 'tensors'>): JobNumbers {
  if (numbers !== null) return { kind: 'inline', values: floatsOf(numbers) };
  if (tensors === null) throw new GradcheckError('storage-failed', 'A stored job has lost its numbers.');
  const ids: Omit<Extract<JobNumbers, { kind: 'tensors' }>, 'kind'> = JSON.parse(tensors);
  return { kind: 'tensors', ...ids };
}
