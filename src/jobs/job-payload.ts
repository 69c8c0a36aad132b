import type { CheckJob } from '../check/check-job.ts';
import { specFromJson, specToJson } from '../check/spec-json.ts';
import type { Tensor } from '../tensors/tensor.ts';
import type { JobPayload } from './job-record.ts';
import { CHUNK_BYTES, type TensorStore } from './store/tensor-store.ts';

/**
 * Stores a job's numbers. The payload that names them is to be stored with the job itself: at once, if the numbers
 * are few, so that all of it is one commit; `stored` resolves when they are durable.
 */
export async function storePayload(
  job: CheckJob,
  tensors: TensorStore,
): Promise<{ readonly payload: JobPayload; readonly stored: Promise<unknown> }> {
  const all = [job.theta, job.claimed, ...job.data.map(({ values }) => values)];
  const begun = await Promise.all(all.map((values) => tensors.begin(values)));
  const stored = Promise.all(begun.map((put) => put.stored));
  // A job must not be stored before its numbers are, or in the same transaction.
  if (all.some(({ byteLength }) => byteLength > CHUNK_BYTES)) await stored;
  const [theta, claimed, ...data] = begun.map(({ id }) => id);
  return { payload: { spec: specToJson(job.spec), tensors: { theta, claimed, data } }, stored };
}

/** Reads a job back. @returns undefined when one of its tensors is gone. */
export async function loadPayload(payload: JobPayload, tensors: TensorStore): Promise<CheckJob | undefined> {
  const spec = specFromJson(payload.spec);
  const [theta, claimed, ...values] = await Promise.all([
    tensors.get(payload.tensors.theta),
    tensors.get(payload.tensors.claimed),
    ...payload.tensors.data.map((id) => tensors.get(id)),
  ]);
  if (theta === undefined || claimed === undefined) return undefined;
  const data: Tensor[] = [];
  for (const [i, { shape }] of spec.data.entries()) {
    const entries = values[i];
    if (entries === undefined) return undefined;
    data.push({ shape, dtype: 'float64', values: entries });
  }
  return { spec, theta, claimed, data };
}

/** Bytes that a job keeps in the store: its tensors, and the numeric gradient to come. */
export function payloadBytes(job: CheckJob): number {
  const floats = job.data.reduce((sum, { values }) => sum + values.length, 3 * job.theta.length);
  return 8 * floats;
}
