import type { Kysely } from 'kysely';
import { GradcheckError } from '../../../errors/catalogue.ts';
import { prepare } from './prepared-query.ts';
import type { Schema } from './schema.ts';
import type { SqlSession } from './sql-session.ts';

/** Says which tensors a job names. They go with the job's row. */
export class TensorLinks {
  readonly #queries: ReturnType<typeof linkQueries>;

  constructor(kysely: Kysely<Schema>) {
    this.#queries = linkQueries(kysely);
  }

  /** @throws GradcheckError `internal` when no whole tensor has this id. */
  async bytesOf(session: SqlSession, tensorId: string): Promise<number> {
    const tensor = await session.row(this.#queries.bytes.bind({ tensorId }));
    if (tensor === undefined) {
      throw new GradcheckError('internal', `A job names tensor ${tensorId}, which is not stored.`);
    }
    return tensor.bytes;
  }

  /** Naming a tensor twice is naming it once. */
  async add(session: SqlSession, jobId: string, tensorId: string): Promise<void> {
    await session.changes(this.#queries.add.bind({ jobId, tensorId }));
  }
}

function linkQueries(kysely: Kysely<Schema>) {
  return {
    bytes: prepare<{ tensorId: string }>()((value) =>
      kysely
        .selectFrom('tensors')
        .select('bytes')
        .where('id', '=', value('tensorId'))
        .where('complete', '=', 1),
    ),
    add: prepare<{ jobId: string; tensorId: string }>()((value) =>
      kysely
        .insertInto('job_tensors')
        .values({ job_id: value('jobId'), tensor_id: value('tensorId') })
        .onConflict((conflict) => conflict.doNothing()),
    ),
  };
}
