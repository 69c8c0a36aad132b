import type { Kysely } from 'kysely';
import type { Verdict } from '../../../check/report/report.ts';
import type { StageName } from '../../../check/shard.ts';
import type { StoredEvent } from '../../job-event.ts';
import type { TerminalStatus } from '../../job-record.ts';
import type { Numbers } from '../../numbers.ts';
import { bytesOf } from '../float-bytes.ts';
import type { JobEnding, Lease } from '../job-store.ts';
import type { JobEvents } from './job-events.ts';
import { heldBy } from './job-leases.ts';
import { errorText } from './job-row.ts';
import { prepare } from './prepared-query.ts';
import type { Schema } from './schema.ts';
import type { SqlSession } from './sql-session.ts';
import type { TensorLinks } from './tensor-links.ts';

/** Ends jobs. */
export class JobConclusion {
  readonly #events: JobEvents;
  readonly #links: TensorLinks;
  readonly #queries: ReturnType<typeof conclusionQueries>;

  constructor(kysely: Kysely<Schema>, events: JobEvents, links: TensorLinks) {
    this.#events = events;
    this.#links = links;
    this.#queries = conclusionQueries(kysely);
  }

  /** To be run in one transaction. */
  async finish(
    session: SqlSession,
    lease: Lease,
    ending: JobEnding,
  ): Promise<readonly StoredEvent[] | undefined> {
    const { jobId } = lease;
    let bytes = await this.#bytesOf(session, ending.numeric);
    for (const { data } of ending.events) bytes += Buffer.byteLength(data);
    const ended = await session.row(this.#end(lease, ending, bytes));
    if (ended === undefined) return undefined;
    const events = await this.#events.insertEvents(session, jobId, ended.last_event, ending.events);
    const last = ending.events.at(-1);
    if (last?.type === 'report') await this.#putReport(session, jobId, last.data, ending.numeric);
    await session.changes(this.#queries.dropResults.bind({ jobId }));
    return events;
  }

  #end(lease: Lease, ending: JobEnding, bytes: number) {
    return this.#queries.end.bind({
      ...lease,
      ...ending.progress,
      status: ending.status,
      verdict: ending.verdict ?? null,
      error: errorText(ending.error),
      startedAt: ending.startedAt ?? null,
      finishedAt: ending.finishedAt,
      expiresAt: ending.expiresAt,
      events: ending.events.length,
      bytes,
    });
  }

  async #bytesOf(session: SqlSession, numbers: Numbers | undefined): Promise<number> {
    if (numbers === undefined) return 0;
    return numbers.kind === 'inline' ? numbers.values.byteLength : this.#links.bytesOf(session, numbers.id);
  }

  async #putReport(
    session: SqlSession,
    jobId: string,
    report: string,
    numbers: Numbers | undefined,
  ): Promise<void> {
    const numeric = numbers?.kind === 'inline' ? bytesOf(numbers.values) : null;
    const tensor = numbers?.kind === 'tensor' ? numbers.id : null;
    await session.changes(this.#queries.putReport.bind({ jobId, report, numeric, tensor }));
    if (tensor !== null) await this.#links.add(session, jobId, tensor);
  }
}

type EndValues = {
  jobId: string;
  owner: string;
  fence: number;
  stage: StageName;
  completed: number;
  total: number;
  status: TerminalStatus;
  verdict: Verdict | null;
  error: string | null;
  startedAt: number | null;
  finishedAt: number;
  expiresAt: number;
  events: number;
  bytes: number;
};

type ReportValues = { jobId: string; report: string; numeric: Uint8Array | null; tensor: string | null };

function conclusionQueries(kysely: Kysely<Schema>) {
  return {
    end: prepare<EndValues>()((value) =>
      kysely
        .updateTable('jobs')
        .set((job) => ({
          status: value('status'),
          verdict: value('verdict'),
          error: value('error'),
          stage: value('stage'),
          completed: value('completed'),
          total: value('total'),
          started_at: job.fn.coalesce('started_at', value('startedAt')),
          finished_at: value('finishedAt'),
          expires_at: value('expiresAt'),
          owner: null,
          lease_until: 0,
          last_event: job('last_event', '+', value('events')),
          bytes: job(job('bytes', '-', job.ref('result_bytes')), '+', value('bytes')),
          result_bytes: 0,
        }))
        .where(heldBy(value('jobId'), value('owner'), value('fence')))
        .returning('last_event'),
    ),
    putReport: prepare<ReportValues>()((value) =>
      kysely.insertInto('reports').values({
        job_id: value('jobId'),
        report: value('report'),
        numeric: value('numeric'),
        numeric_tensor: value('tensor'),
      }),
    ),
    dropResults: prepare<{ jobId: string }>()((value) =>
      kysely.deleteFrom('shard_results').where('job_id', '=', value('jobId')),
    ),
  };
}
