import { expect, it } from 'vitest';
import { StageShards } from '../../src/jobs/stage-shards.ts';

const shard = { stage: 'sweep', index: 0, start: 0, count: 1, flops: 1 } as const;
const plan = { stage: 'sweep', probes: 1, shards: [shard] } as const;

it('a shard that crashes waits again, until it has been tried so often', () => {
  const shards = new StageShards(plan, new Set());
  shards.take();
  expect(shards.retry(shard, 2)).toBe(true);
  expect(shards.waiting).toBe(1);
  shards.take();
  expect(shards.retry(shard, 2)).toBe(false);
  expect(shards.waiting).toBe(0);
});

it('a shard that crashes after no more are to be run does not wait again, so the stage is over', async () => {
  const shards = new StageShards(plan, new Set());
  shards.take();
  shards.drop();
  expect(shards.retry(shard, 2)).toBe(true);
  expect(shards.waiting).toBe(0);
  await shards.over;
});
