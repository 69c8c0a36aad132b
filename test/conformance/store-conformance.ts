import { afterEach, beforeEach, describe } from 'vitest';
import { type OpenStore, StoreBench } from './store-bench.ts';
import { durabilityConformance } from './store-durability.ts';
import { eventConformance } from './store-events.ts';
import { idempotencyConformance } from './store-idempotency.ts';
import { jobConformance } from './store-jobs.ts';
import { leaseConformance } from './store-leases.ts';
import { pagingConformance } from './store-paging.ts';
import { retentionConformance } from './store-retention.ts';
import { shardResultConformance } from './store-shard-results.ts';
import { tensorConformance } from './store-tensors.ts';

/**
 * Every promise of the `Store` port. Each test has a fresh store.
 * @param durable - whether it outlives its process, and `open` gives a way to open it again.
 */
export function storeConformance(name: string, open: OpenStore, { durable }: { durable: boolean }): void {
  describe(`the ${name} store`, () => {
    const bench = new StoreBench(open);
    beforeEach(() => bench.open());
    afterEach(() => bench.close());

    jobConformance(bench);
    idempotencyConformance(bench);
    leaseConformance(bench);
    shardResultConformance(bench);
    eventConformance(bench);
    pagingConformance(bench);
    retentionConformance(bench);
    tensorConformance(bench);
    if (durable) durabilityConformance(bench);
  });
}
