import type { Kysely } from 'kysely';
import type { Verdict } from '../../../check/report.ts';
import type { StageName } from '../../../check/shard.ts';
import type { StoredEvent } from '../../job-event.ts';
import type { TerminalStatus } from '../../job-record.ts';
import type { JobEnding, Lease } from '../job-store.ts';
import type { endingTexts, NewEvent } from '../stored-event.ts';
import type { JobCourse } from './job-course.ts';
import { heldBy } from './job-leases.ts';
import { errorText } from './job-row.ts';
import { prepare } from './prepared-query.ts';
import type { Schema } from './schema.ts';
import type { SqlSession } from './sql-session.ts';
import type { TensorLinks } from './tensor-links.ts';

/** Ends jobs. */
export class JobConclusion {
  readonly #course: JobCourse;
  readonly #links: TensorLinks;
  readonly #queries: ReturnType<typeof conclusionQueries>;

  constructor(kysely: Kysely<Schema>, course: JobCourse, links: TensorLinks) {
    this.#course = course;
    this.#links = links;
    this.#queries = conclusionQueries(kysely);
  }

  /** To be run in one transaction. `texts` is `endingTexts(ending)`. */
  async finish(
    session: SqlSession,
    lease: Lease,
    ending: JobEnding,
    texts: ReturnType<typeof endingTexts>,
  ): Promise<readonly StoredEvent[] | undefined> {
    const { jobId } = lease;
    const { numeric } = ending;
    let bytes = texts.report === undefined ? 0 : Buffer.byteLength(texts.report);
    for (const event of texts.events) bytes += event.isReport ? 0 : Buffer.byteLength(event.data);
    if (numeric !== undefined) bytes += await this.#links.bytesOf(session, numeric);
    const ended = await session.row(this.#end(lease, ending, texts.events.length, bytes));
    if (ended === undefined) return undefined;
    const events = await this.#putEvents(session, jobId, ended.last_event, texts.events);
    if (texts.report !== undefined) {
      await session.changes(this.#queries.putReport.bind({ jobId, report: texts.report }));
    }
    if (numeric !== undefined) await this.#links.add(session, jobId, numeric);
    await session.changes(this.#queries.dropResults.bind({ jobId }));
    return events;
  }

  #end(lease: Lease, ending: JobEnding, events: number, bytes: number) {
    return this.#queries.end.bind({
      ...lease,
      ...ending.progress,
      status: ending.status,
      verdict: ending.verdict ?? null,
      error: errorText(ending.error),
      numeric: ending.numeric ?? null,
      finishedAt: ending.finishedAt,
      expiresAt: ending.expiresAt,
      events,
      bytes,
    });
  }

  async #putEvents(
    session: SqlSession,
    jobId: string,
    last: number,
    events: readonly NewEvent[],
  ): Promise<StoredEvent[]> {
    const stored: StoredEvent[] = [];
    let id = last - events.length;
    for (const event of events) stored.push(await this.#course.insertEvent(session, jobId, ++id, event));
    return stored;
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
  numeric: string | null;
  finishedAt: number;
  expiresAt: number;
  events: number;
  bytes: number;
};

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
          numeric: value('numeric'),
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
    putReport: prepare<{ jobId: string; report: string }>()((value) =>
      kysely.insertInto('reports').values({ job_id: value('jobId'), report: value('report') }),
    ),
    dropResults: prepare<{ jobId: string }>()((value) =>
      kysely.deleteFrom('shard_results').where('job_id', '=', value('jobId')),
    ),
  };
}
