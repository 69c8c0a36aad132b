import { sharedNoise } from './noise/noise.ts';
import type { Preparation, PrepareResult } from './shard.ts';

/** Puts the results of all shards of the stage `prepare` together. @param results in any order */
export function joinPreparation(results: Iterable<PrepareResult>): Preparation {
  const inOrder = [...results].sort((a, b) => a.index - b.index);
  const [{ origin }] = inOrder;
  if (origin === undefined) throw new Error('the first shard of a preparation did not tell J at θ');
  return { ...origin, noise: sharedNoise(inOrder.flatMap(({ noise }) => noise)) };
}
