import { expect, it } from 'vitest';
import { createJobMemory } from '../../src/check/job-memory.ts';
import { MemoryPool } from '../../src/jobs/executor/memory-pool.ts';
import { networkJob } from '../fixtures/jobs.ts';
import { createRunner } from '../fixtures/on-kernels.ts';

const sweep = { stage: 'sweep', index: 0, start: 0, count: 12, flops: 1 } as const;

it('a job in a used memory computes the bits of one in a new memory', () => {
  const pool = new MemoryPool();
  const take = (floats: number) => pool.take(floats);
  const [first, second] = [networkJob([4, 3, 2], 5, 1), networkJob([4, 3, 2], 5, 2)];
  const fresh = createRunner(createJobMemory(second, 1)).run(sweep, 0);
  const memory = createJobMemory(first, 1, take);
  const other = createRunner(memory).run(sweep, 0);
  pool.give(memory);
  const used = createJobMemory(second, 1, take);
  expect(used).toBe(memory);
  expect(createRunner(used).run(sweep, 0)).toEqual(fresh);
  expect(other).not.toEqual(fresh);
});

it('a memory is not given to a job that is too large for it, or much too small', () => {
  const pool = new MemoryPool();
  const large = pool.take(1_000_000);
  pool.give(large);
  expect(pool.take(2_000_000)).not.toBe(large);
  expect(pool.take(1_000)).not.toBe(large);
  expect(pool.take(900_000)).toBe(large);
});

it('no more than 64 MiB are kept', () => {
  const pool = new MemoryPool();
  const memories = Array.from({ length: 5 }, () => pool.take(2_097_152));
  for (const memory of memories) pool.give(memory);
  const taken = Array.from({ length: 5 }, () => pool.take(2_097_152));
  expect(taken.filter((memory) => memories.includes(memory))).toHaveLength(4);
});
