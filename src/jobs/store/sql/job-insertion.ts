import type { Kysely } from 'kysely';
import { GradcheckError } from '../../../errors/catalogue.ts';
import { type JobPayload, tensorsOf } from '../../job-payload.ts';
import type { JobRecord } from '../../job-record.ts';
import { bytesOf } from '../float-bytes.ts';
import type { IdempotencyRecord, InsertOutcome } from '../job-store.ts';
import { toJobRow } from './job-row.ts';
import { prepare } from './prepared-query.ts';
import type { Schema } from './schema.ts';
import type { SqlSession } from './sql-session.ts';
import type { TensorLinks } from './tensor-links.ts';

type NewKey = Omit<IdempotencyRecord, 'jobId'>;

/** Stores new jobs. */
export class JobInsertion {
  readonly #links: TensorLinks;
  readonly #queries: ReturnType<typeof insertionQueries>;

  constructor(kysely: Kysely<Schema>, links: TensorLinks) {
    this.#links = links;
    this.#queries = insertionQueries(kysely);
  }

  /** To be run in one transaction. A key is live as seen from the job's `createdAt`. */
  async insert(
    session: SqlSession,
    job: JobRecord,
    payload: JobPayload,
    key?: NewKey,
  ): Promise<InsertOutcome> {
    if (key !== undefined && !(await this.#claimKey(session, key, job))) return this.#usedKey(session, key);
    const tensorIds = tensorsOf(payload.numbers);
    const row = toPayloadRow(job.id, payload);
    let bytes = Buffer.byteLength(row.spec) + (row.numbers?.byteLength ?? 0);
    for (const id of tensorIds) bytes += await this.#links.bytesOf(session, id);
    await session.changes(this.#queries.job.bind(toJobRow(job, bytes)));
    await session.changes(this.#queries.payload.bind(row));
    for (const id of tensorIds) await this.#links.add(session, job.id, id);
    for (const [key, value] of Object.entries(job.labels)) {
      const label = { key: JSON.stringify(key), value: JSON.stringify(value) };
      await session.changes(this.#queries.label.bind({ ...label, id: job.id, createdAt: job.createdAt }));
    }
    return { kind: 'inserted' };
  }

  /** @returns false when the key stands for another submission. */
  async #claimKey(session: SqlSession, key: NewKey, job: JobRecord): Promise<boolean> {
    const claim = this.#queries.claimKey.bind({
      client: JSON.stringify(key.client),
      key: JSON.stringify(key.key),
      fingerprint: key.fingerprint,
      jobId: job.id,
      expiresAt: key.expiresAt,
      now: job.createdAt,
    });
    return (await session.changes(claim)) === 1;
  }

  async #usedKey(session: SqlSession, { client, key, fingerprint }: NewKey): Promise<InsertOutcome> {
    const names = { client: JSON.stringify(client), key: JSON.stringify(key) };
    const used = await session.row(this.#queries.usedKey.bind(names));
    if (used === undefined)
      throw new GradcheckError('storage-failed', 'An Idempotency-Key vanished while in use.');
    return used.fingerprint === fingerprint ? { kind: 'repeated', jobId: used.job_id } : { kind: 'mismatch' };
  }
}

function toPayloadRow(jobId: string, { spec, numbers }: JobPayload) {
  if (numbers.kind === 'inline') {
    return { job_id: jobId, spec, numbers: bytesOf(numbers.values), tensors: null };
  }
  const { kind: _, ...ids } = numbers;
  return { job_id: jobId, spec, numbers: null, tensors: JSON.stringify(ids) };
}

function insertionQueries(kysely: Kysely<Schema>) {
  return {
    job: prepare<ReturnType<typeof toJobRow>>()((value) =>
      kysely.insertInto('jobs').values({
        id: value('id'),
        client: value('client'),
        name: value('name'),
        labels: value('labels'),
        status: value('status'),
        verdict: value('verdict'),
        error: value('error'),
        stage: value('stage'),
        completed: value('completed'),
        total: value('total'),
        components: value('components'),
        work_seconds: value('work_seconds'),
        created_at: value('created_at'),
        started_at: value('started_at'),
        finished_at: value('finished_at'),
        expires_at: value('expires_at'),
        owner: value('owner'),
        lease_until: value('lease_until'),
        fence: value('fence'),
        cancel_requested: value('cancel_requested'),
        bytes: value('bytes'),
      }),
    ),
    payload: prepare<ReturnType<typeof toPayloadRow>>()((value) =>
      kysely.insertInto('payloads').values({
        job_id: value('job_id'),
        spec: value('spec'),
        numbers: value('numbers'),
        tensors: value('tensors'),
      }),
    ),
    label: prepare<{ key: string; value: string; createdAt: number; id: string }>()((value) =>
      kysely.insertInto('job_labels').values({
        key: value('key'),
        value: value('value'),
        created_at: value('createdAt'),
        job_id: value('id'),
      }),
    ),
    ...keyQueries(kysely),
  };
}

type KeyValues = {
  client: string;
  key: string;
  fingerprint: string;
  jobId: string;
  expiresAt: number;
  now: number;
};

function keyQueries(kysely: Kysely<Schema>) {
  return {
    // Changes nothing while a live record is in the way.
    claimKey: prepare<KeyValues>()((value) =>
      kysely
        .insertInto('idempotency')
        .values({
          client: value('client'),
          key: value('key'),
          fingerprint: value('fingerprint'),
          job_id: value('jobId'),
          expires_at: value('expiresAt'),
        })
        .onConflict((conflict) =>
          conflict
            .columns(['client', 'key'])
            .doUpdateSet({
              fingerprint: value('fingerprint'),
              job_id: value('jobId'),
              expires_at: value('expiresAt'),
            })
            .where('idempotency.expires_at', '<=', value('now')),
        ),
    ),
    usedKey: prepare<{ client: string; key: string }>()((value) =>
      kysely
        .selectFrom('idempotency')
        .select(['fingerprint', 'job_id'])
        .where('client', '=', value('client'))
        .where('key', '=', value('key')),
    ),
  };
}
