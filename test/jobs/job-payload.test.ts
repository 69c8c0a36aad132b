import { describe, expect, it } from 'vitest';
import type { CheckJob } from '../../src/check/check-job.ts';
import { loadPayload, storePayload } from '../../src/jobs/job-payload.ts';
import { MemoryTensorStore } from '../../src/jobs/store/memory/memory-tensor-store.ts';
import { CHUNK_BYTES, type TensorStore } from '../../src/jobs/store/tensor-store.ts';
import { cubeJob } from '../fixtures/jobs.ts';

/** A job with so many data tensors, of a chunk each. */
function jobOfTensors(count: number): CheckJob {
  const job = cubeJob();
  const names = Array.from({ length: count }, (_, i) => `x${i}`);
  const length = CHUNK_BYTES / Float64Array.BYTES_PER_ELEMENT;
  const data = names.map((_, i) => ({
    shape: [length],
    dtype: 'float64' as const,
    values: new Float64Array(length).fill(i),
  }));
  return { ...job, data, spec: { ...job.spec, data: names.map((name) => ({ name, shape: [length] })) } };
}

/** Turns of the event loop while something is under way. */
async function turnsDuring(work: Promise<unknown>): Promise<number> {
  let turns = 0;
  let isOver = false;
  const count = () => {
    turns++;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  await work;
  isOver = true;
  return turns;
}

describe('storing the numbers of a job', () => {
  it('lets the event loop run between its tensors, however many there are, and so does reading them back', async () => {
    const tensors = new MemoryTensorStore(Date.now, () => true);
    const storing = storePayload(jobOfTensors(32), tensors);
    expect(await turnsDuring(storing)).toBeGreaterThanOrEqual(30);
    const { payload } = await storing;
    expect(await turnsDuring(loadPayload(payload, tensors))).toBeGreaterThanOrEqual(30);
  });

  it('fails as the first of them does, also while others have not begun', async () => {
    const tensors = new MemoryTensorStore(Date.now, () => true);
    const failing: TensorStore = {
      put: (values) => tensors.put(values),
      get: (id, target) => tensors.get(id, target),
      slice: (id, start, count) => tensors.slice(id, start, count),
      sweepOrphans: (before) => tensors.sweepOrphans(before),
      begin: async (values) => {
        const { id } = await tensors.begin(values);
        return { id, stored: Promise.reject(new Error(`no room for ${values[0]}`)) };
      },
    };
    const { stored } = await storePayload(jobOfTensors(4), failing);
    await expect(stored).rejects.toThrow('no room');
  });

  it('stores each of them', async () => {
    const tensors = new MemoryTensorStore(Date.now, () => true);
    const job = jobOfTensors(3);
    const { payload, stored } = await storePayload(job, tensors);
    await stored;
    expect((await loadPayload(payload, tensors))?.data).toEqual(job.data);
  });
});
