import type { Kysely } from 'kysely';
import { prepare } from './prepared-query.ts';
import type { Schema } from './schema.ts';

/** The statements that tensors are kept with. */
export function tensorQueries(kysely: Kysely<Schema>) {
  return { ...puttingQueries(kysely), ...readingQueries(kysely), ...sweepingQueries(kysely) };
}

function puttingQueries(kysely: Kysely<Schema>) {
  return {
    /** Changes a row when the whole tensor is there. */
    touchWhole: prepare<{ id: string; now: number }>()((value) =>
      kysely
        .updateTable('tensors')
        .set({ put_at: value('now') })
        .where('id', '=', value('id'))
        .where('complete', '=', 1),
    ),
    touch: prepare<{ id: string; now: number }>()((value) =>
      kysely
        .updateTable('tensors')
        .set({ put_at: value('now') })
        .where('id', '=', value('id')),
    ),
    begin: prepare<{ id: string; bytes: number; chunks: number; now: number }>()((value) =>
      kysely
        .insertInto('tensors')
        .values({
          id: value('id'),
          bytes: value('bytes'),
          chunks: value('chunks'),
          complete: 0,
          put_at: value('now'),
        })
        .onConflict((conflict) => conflict.column('id').doUpdateSet({ put_at: value('now') })),
    ),
    putChunk: prepare<{ id: string; position: number; data: Uint8Array }>()((value) =>
      kysely
        .insertInto('tensor_chunks')
        .values({ tensor_id: value('id'), position: value('position'), data: value('data') })
        .onConflict((conflict) => conflict.doNothing()),
    ),
    /** Changes a row only when every chunk is there. */
    complete: prepare<{ id: string }>()((value) =>
      kysely
        .updateTable('tensors')
        .set({ complete: 1 })
        .where('id', '=', value('id'))
        .where('chunks', '=', (tensor) =>
          tensor
            .selectFrom('tensor_chunks')
            .select((chunk) => chunk.fn.countAll<number>().as('count'))
            .where('tensor_id', '=', value('id')),
        ),
    ),
  };
}

function readingQueries(kysely: Kysely<Schema>) {
  return {
    bytes: prepare<{ id: string }>()((value) =>
      kysely.selectFrom('tensors').select('bytes').where('id', '=', value('id')).where('complete', '=', 1),
    ),
    chunk: prepare<{ id: string; position: number }>()((value) =>
      kysely
        .selectFrom('tensor_chunks')
        .select('data')
        .where('tensor_id', '=', value('id'))
        .where('position', '=', value('position')),
    ),
  };
}

function sweepingQueries(kysely: Kysely<Schema>) {
  return {
    /** Tensors in the order of their ids, with a job that names each. */
    page: prepare<{ after: string; limit: number }>()((value) =>
      kysely
        .selectFrom('tensors')
        .select((tensor) => [
          'id',
          'bytes',
          'chunks',
          'put_at',
          tensor
            .selectFrom('job_tensors')
            .select('job_id')
            .whereRef('tensor_id', '=', 'tensors.id')
            .limit(1)
            .as('job_id'),
        ])
        .where('id', '>', value('after'))
        .orderBy('id')
        .limit(value('limit')),
    ),
    /** Takes an orphan out of use; changes nothing when it is none any more. */
    disuse: prepare<{ id: string; before: number }>()((value) =>
      kysely
        .updateTable('tensors')
        .set({ complete: 0 })
        .where('id', '=', value('id'))
        .where('put_at', '<', value('before'))
        .where((tensor) =>
          tensor.not(
            tensor.exists(
              tensor.selectFrom('job_tensors').select('job_id').where('tensor_id', '=', value('id')),
            ),
          ),
        ),
    ),
    dropChunks: prepare<{ id: string; below: number }>()((value) =>
      kysely
        .deleteFrom('tensor_chunks')
        .where('tensor_id', '=', value('id'))
        .where('position', '<', value('below')),
    ),
    drop: prepare<{ id: string }>()((value) => kysely.deleteFrom('tensors').where('id', '=', value('id'))),
  };
}
