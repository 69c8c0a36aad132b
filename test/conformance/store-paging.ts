import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JobFilter } from '../../src/jobs/store/job-store.ts';
import type { StoreBench } from './store-bench.ts';
import { aCancellation, acquireJob, aJob, aPayload, endedJob, insertJob, START } from './store-fixtures.ts';

export function pagingConformance(bench: StoreBench): void {
  async function idsOf(filter: JobFilter, limit: number): Promise<string[][]> {
    const pages: string[][] = [];
    let after: string | undefined;
    do {
      const page = await bench.store.jobs.list(filter, limit, after);
      pages.push(page.jobs.map(({ id }) => id));
      after = page.next;
    } while (after !== undefined);
    return pages;
  }

  describe('pages of jobs', () => {
    it('are empty when there is nothing', async () => {
      expect(await bench.store.jobs.list({}, 10)).toEqual({ jobs: [] });
    });

    it('go newest first, by id where the time is the same', async () => {
      const a = await insertJob(bench.store, { createdAt: START });
      const b = await insertJob(bench.store, { createdAt: START + 1 });
      const c = await insertJob(bench.store, { createdAt: START + 1 });
      const d = await insertJob(bench.store, { createdAt: START - 1 });
      expect(await idsOf({}, 10)).toEqual([[c.id, b.id, a.id, d.id]]);
      expect(await idsOf({}, 3)).toEqual([[c.id, b.id, a.id], [d.id]]);
      expect(await idsOf({}, 2)).toEqual([
        [c.id, b.id],
        [a.id, d.id],
      ]);
    });

    it('hold what the filter names, in any combination', async () => {
      const labels: Record<string, string>[] = [
        {},
        { branch: 'main' },
        { branch: 'main', commit: '1' },
        { branch: 'dev', commit: '1' },
      ];
      const stored: { id: string; status: string; verdict?: string; labels: Record<string, string> }[] = [];
      for (const [i, each] of [...labels, ...labels, ...labels].entries()) {
        const fields = { labels: each, createdAt: START + i };
        if (i % 3 === 0)
          stored.push({ ...fields, id: (await insertJob(bench.store, fields)).id, status: 'queued' });
        else {
          const verdict = i % 3 === 1 ? 'pass' : 'fail';
          const id = await endedJob(bench.store, fields, { verdict });
          stored.push({ ...fields, id, status: 'succeeded', verdict });
        }
      }
      const statuses = [undefined, 'queued', 'succeeded', 'running'] as const;
      const verdicts = [undefined, 'pass', 'fail', 'inconclusive'] as const;
      const wanted = [
        undefined,
        ['branch', 'main'],
        ['commit', '1'],
        ['branch', 'none'],
        ['constructor', ''],
      ] as const;
      for (const status of statuses) {
        for (const verdict of verdicts) {
          for (const pair of wanted) {
            const expected = stored.filter(
              (job) =>
                (status === undefined || job.status === status) &&
                (verdict === undefined || job.verdict === verdict) &&
                (pair === undefined || job.labels[pair[0]] === pair[1]),
            );
            const label = pair === undefined ? undefined : { key: pair[0], value: pair[1] };
            const ids = await idsOf({ status, verdict, label }, 2);
            expect(ids.flat()).toEqual(expected.map(({ id }) => id).reverse());
          }
        }
      }
    });

    it('go on after the last job of the page before, while jobs come and go', async () => {
      const payload = await aPayload(bench.store);
      const steps = fc.array(fc.record({ insertAt: fc.integer({ min: 0, max: 20 }), remove: fc.boolean() }), {
        maxLength: 6,
      });
      await fc.assert(
        fc.asyncProperty(
          steps,
          fc.integer({ min: 1, max: 4 }),
          fc.boolean(),
          async (changes, limit, labelled) => {
            const run = aJob().id;
            const label = labelled ? { key: 'run', value: run } : undefined;
            const present = new Set<string>();
            const insert = async (createdAt: number) => {
              const job = aJob({ createdAt, labels: { run } });
              await bench.store.jobs.insert(job, payload);
              present.add(job.id);
            };
            for (let i = 0; i < 8; i++) await insert(START + 2 * i);
            const always = new Set(present);
            const seen: { createdAt: number; id: string }[] = [];
            let after: string | undefined;
            for (let step = 0; step === 0 || after !== undefined; step++) {
              const page = await bench.store.jobs.list({ label }, limit, after);
              seen.push(...page.jobs);
              after = page.next;
              if (step >= changes.length) continue;
              await insert(START + changes[step].insertAt);
              const doomed = changes[step].remove ? page.jobs.at(-1) : undefined;
              if (doomed === undefined) continue;
              await bench.store.jobs.finish(await acquireJob(bench.store, doomed.id), aCancellation());
              await bench.store.jobs.remove(doomed.id);
            }
            const ids = seen.map(({ id }) => id);
            expect(new Set(ids).size).toBe(ids.length);
            for (const id of always) expect(ids).toContain(id);
            const inOrder = [...seen].sort((a, b) => b.createdAt - a.createdAt || (b.id < a.id ? -1 : 1));
            expect(seen).toEqual(inOrder);
            await bench.store.jobs.retain({ now: START, maxJobs: 0, maxBytes: 0 });
            for (const id of present) await removeAnyway(id);
          },
        ),
        { numRuns: 15 },
      );
    });

    it.each(['nonsense', '', 'W10', '!!!!', Buffer.from('{"a":1}').toString('base64url'), 'WzEsMl0'])(
      'refuse %o as a cursor',
      async (after) => {
        await expect(bench.store.jobs.list({}, 10, after)).rejects.toMatchObject({
          code: 'invalid-query',
          faults: [{ pointer: '/after', detail: expect.any(String) }],
        });
      },
    );
  });

  async function removeAnyway(id: string): Promise<void> {
    const taken = await bench.store.jobs.acquire(id, 'owner', START + 1e9, START + 2e9);
    if (taken !== undefined) await bench.store.jobs.finish(taken.lease, aCancellation());
    await bench.store.jobs.remove(id);
  }
}
