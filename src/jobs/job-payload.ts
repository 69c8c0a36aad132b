import { setImmediate } from 'node:timers/promises';
import type { CheckJob, CheckSpec } from '../check/check-job.ts';
import { componentsAtAllPoints } from '../check/points/point.ts';
import { specFromJson, specToJson } from '../check/spec-json.ts';
import { sizeOf, type Tensor } from '../tensors/tensor.ts';
import { INLINE_BYTES, type Numbers } from './numbers.ts';
import { type BegunPut, CHUNK_BYTES, type TensorStore } from './store/tensor-store.ts';

/** The parts of a job that only its owner reads. */
export interface JobPayload {
  /** `specToJson` of the job's spec; its graph's constants are inside. */
  readonly spec: string;
  readonly numbers: JobNumbers;
}

/** A job so small that its numbers are kept with it. */
export interface InlinePayload extends JobPayload {
  readonly numbers: Extract<JobNumbers, { kind: 'inline' }>;
}

/** What a job computes with: kept with it when all together are few, else as tensors. */
export type JobNumbers =
  /** θ and the claimed gradient, each at all points, and the spec's `data`, one after the other. */
  | { readonly kind: 'inline'; readonly values: Float64Array }
  /** Ids of a `TensorStore`; of `data` one per entry of the spec's. */
  | {
      readonly kind: 'tensors';
      readonly theta: string;
      readonly claimed: string;
      readonly data: readonly string[];
    };

/**
 * Stores a job's numbers where they are many. The payload is to be stored with the job itself: at once, if every tensor
 * is small, so that all of it is one commit; `stored` resolves when the tensors are durable.
 */
export async function storePayload(
  job: CheckJob,
  tensors: TensorStore,
): Promise<{ readonly payload: JobPayload; readonly stored: Promise<unknown> }> {
  const all = numbersOf(job);
  if (hasFewNumbers(job)) return { payload: inlinePayload(job), stored: Promise.resolve() };
  const spec = specToJson(job.spec);
  const begun = await beginAll(all, tensors);
  const stored = Promise.all(begun.map((put) => put.stored));
  // A job must not be stored before its numbers are, or in the same transaction.
  if (all.some((values) => values.byteLength > CHUNK_BYTES)) await stored;
  const [theta, claimed, ...data] = begun.map(({ id }) => id);
  return { payload: { spec, numbers: { kind: 'tensors', theta, claimed, data } }, stored };
}

/** Whether the numbers of a job are kept with it. */
export function hasFewNumbers(job: CheckJob): boolean {
  return byteLength(numbersOf(job)) <= INLINE_BYTES;
}

/** A job with all its numbers, which should be few. */
export function inlinePayload(job: CheckJob): InlinePayload {
  return { spec: specToJson(job.spec), numbers: { kind: 'inline', values: join(numbersOf(job)) } };
}

/** The job of such a payload. */
export function readInline({ spec: text, numbers }: InlinePayload): CheckJob {
  const spec = specFromJson(text);
  return assemble(spec, cutInline(numbers, spec));
}

/** Begins to store one after the other: to hash a chunk of each of many at once would hold the event loop. */
async function beginAll(all: readonly Float64Array[], tensors: TensorStore): Promise<BegunPut[]> {
  const begun: BegunPut[] = [];
  let sinceTurn = 0;
  for (const values of all) {
    if (sinceTurn > 0 && sinceTurn + values.byteLength > CHUNK_BYTES) {
      await setImmediate();
      sinceTurn = 0;
    }
    const put = await tensors.begin(values);
    // What goes wrong is told to whoever waits for all of them, which nobody does before the last one has begun.
    put.stored.catch(() => {});
    begun.push(put);
    sinceTurn += values.byteLength;
  }
  return begun;
}

/** Reads a job back. @returns undefined when one of its tensors is gone. */
export async function loadPayload(payload: JobPayload, tensors: TensorStore): Promise<CheckJob | undefined> {
  const spec = specFromJson(payload.spec);
  const values = await loadNumbers(payload.numbers, spec, tensors);
  return values && assemble(spec, values);
}

/** The claimed gradient of a job, at all its points. */
export function claimedNumbers({ numbers }: JobPayload, spec: CheckSpec): Numbers {
  if (numbers.kind === 'tensors') return { kind: 'tensor', id: numbers.claimed };
  const components = componentsAtAllPoints(spec);
  return { kind: 'inline', values: numbers.values.subarray(components, 2 * components) };
}

/** The ids of the tensors that are named, each once. */
export function tensorsOf(numbers: JobNumbers): ReadonlySet<string> {
  if (numbers.kind === 'inline') return new Set();
  return new Set([numbers.theta, numbers.claimed, ...numbers.data]);
}

/** Bytes that a job keeps in the store: its numbers, and the numeric gradient to come. */
export function payloadBytes(job: CheckJob): number {
  const floats = job.data.reduce((sum, { values }) => sum + values.length, 3 * job.theta.length);
  return 8 * floats;
}

/** θ, the claimed gradient and the data. @returns undefined when one of the tensors is gone. */
async function loadNumbers(
  numbers: JobNumbers,
  spec: CheckSpec,
  tensors: TensorStore,
): Promise<Float64Array[] | undefined> {
  if (numbers.kind === 'inline') return cutInline(numbers, spec);
  const { theta, claimed, data } = numbers;
  const found: Float64Array[] = [];
  // One after the other, as a chunk of each of many at once would hold the event loop.
  for (const id of [theta, claimed, ...data]) {
    const values = await tensors.get(id);
    if (values === undefined) return undefined;
    found.push(values);
    await setImmediate();
  }
  return found;
}

function numbersOf({ theta, claimed, data }: CheckJob): Float64Array[] {
  return [theta, claimed, ...data.map(({ values }) => values)];
}

function assemble(spec: CheckSpec, [theta, claimed, ...entries]: readonly Float64Array[]): CheckJob {
  const data = spec.data.map(({ shape }, i): Tensor => ({ shape, dtype: 'float64', values: entries[i] }));
  return { spec, theta, claimed, data };
}

function cutInline({ values }: InlinePayload['numbers'], spec: CheckSpec): Float64Array[] {
  const components = componentsAtAllPoints(spec);
  return cut(values, [components, components, ...spec.data.map(({ shape }) => sizeOf(shape))]);
}

function byteLength(all: readonly Float64Array[]): number {
  return all.reduce((bytes, values) => bytes + values.byteLength, 0);
}

function join(all: readonly Float64Array[]): Float64Array {
  const joined = new Float64Array(byteLength(all) / Float64Array.BYTES_PER_ELEMENT);
  let start = 0;
  for (const values of all) {
    joined.set(values, start);
    start += values.length;
  }
  return joined;
}

function cut(joined: Float64Array, lengths: readonly number[]): Float64Array[] {
  let start = 0;
  return lengths.map((length) => {
    start += length;
    return joined.slice(start - length, start);
  });
}
