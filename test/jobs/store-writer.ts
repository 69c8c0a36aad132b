import { openSqliteStore } from '../../src/jobs/store/sqlite/open-sqlite-store.ts';
import { acquireJob, aJob, anEnding, aParameterEvent, aPayload } from '../conformance/store-fixtures.ts';

/*
 * A process that writes jobs into a store until it is killed, or has written as many as it was told to, and reports
 * each write over IPC once it was acknowledged.
 *
 *   store-writer.ts <path> <name> <jobs>
 */
const [path, name, count] = process.argv.slice(2);

export type Acknowledged =
  | { readonly kind: 'inserted'; readonly id: string; readonly tensor: string }
  | { readonly kind: 'event'; readonly id: string; readonly number: number }
  | { readonly kind: 'finished'; readonly id: string }
  | { readonly kind: 'done' };

function tell(message: Acknowledged): void {
  process.send?.(message);
}

const store = await openSqliteStore({ path });

async function writeJob(i: number): Promise<void> {
  const id = `${name}-${String(i).padStart(6, '0')}`;
  const payload = await aPayload(store, i);
  const tensor = await store.tensors.put(new Float64Array(i % 10 === 0 ? 300_000 : 40).fill(i));
  const { spec, numbers } = payload;
  const data = [...numbers.data, tensor];
  await store.jobs.insert(aJob({ id }), { spec, numbers: { ...numbers, data } });
  tell({ kind: 'inserted', id, tensor });
  const lease = await acquireJob(store, id, name);
  for (let k = 1; k <= 3; k++) {
    const event = await store.jobs.appendEvent(lease, aParameterEvent(`W${k}`));
    tell({ kind: 'event', id, number: event?.id ?? 0 });
  }
  await store.jobs.finish(lease, anEnding());
  tell({ kind: 'finished', id });
}

let next = 0;
async function writeJobs(): Promise<void> {
  while (next < Number(count)) await writeJob(next++);
}

await Promise.all(Array.from({ length: 8 }, writeJobs));
await store.close();
tell({ kind: 'done' });
