import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type RunningService, startRunningService } from './running-service.ts';
import { quadratic } from './sample-jobs.ts';

const pageSchema = z.object({
  components: z.array(
    z.object({
      parameter: z.string(),
      component: z.number(),
      index: z.array(z.number()),
      claimed: z.number(),
      numeric: z.number(),
      bound: z.number(),
      verdict: z.enum(['pass', 'fail', 'inconclusive']),
      flags: z.array(z.string()),
    }),
  ),
  next: z.number().nullable(),
});

const reportSchema = z.object({
  parameters: z.array(
    z.object({ worst: z.array(z.object({ index: z.array(z.number()), bound: z.number() })) }),
  ),
});

type Component = z.output<typeof pageSchema>['components'][number];

async function readPages({ get }: RunningService, id: string, query: string): Promise<Component[][]> {
  const pages: Component[][] = [];
  for (let path = `/v1/jobs/${id}/components?${query}`; ; ) {
    const answer = await get(path);
    if (answer.status !== 200) throw new Error(answer.text);
    const { components, next } = pageSchema.parse(answer.json);
    pages.push(components);
    if (next === null) return pages;
    expect(next).toBe(components.at(-1)?.component);
    path = /^<(.*)>; rel="next"$/.exec(String(answer.headers.link))?.[1] ?? '';
  }
}

function relativeError({ claimed, numeric }: Component): number {
  return claimed === numeric
    ? 0
    : Math.abs(claimed - numeric) / Math.max(Math.abs(claimed), Math.abs(numeric));
}

describe('GET /v1/jobs/{id}/components', () => {
  it('lists components by index, in pages', async () => {
    const service = await startRunningService();
    const id = await service.runJob(quadratic(30, new Map([[4, 1]])));
    const pages = await readPages(service, id, 'limit=25');
    expect(pages.map(({ length }) => length)).toEqual([25, 25, 10]);
    const all = pages.flat();
    expect(all.map(({ component }) => component)).toEqual(Array.from({ length: 60 }, (_, i) => i));
    expect(all[34]).toEqual({
      parameter: 'v',
      component: 34,
      index: [4],
      claimed: expect.any(Number),
      numeric: expect.any(Number),
      bound: expect.any(Number),
      verdict: 'fail',
      flags: [],
    });
    expect(all[34].claimed - all[34].numeric).toBeCloseTo(1, 6);
    expect(all.filter(({ verdict }) => verdict === 'fail').map(({ component }) => component)).toEqual([34]);
  });

  it('lists of a parameter checked along directions those that were checked by themselves', async () => {
    const service = await startRunningService();
    const body = { ...quadratic(600, new Map([[411, 1]])), check: { strategy: 'directional' } };
    const id = await service.runJob(body);
    const listed = (await readPages(service, id, 'limit=200')).flat();
    expect(listed.length).toBeLessThanOrEqual(300);
    expect(listed.every(({ parameter }) => parameter === 'v')).toBe(true);
    const failing = listed.filter(({ verdict }) => verdict === 'fail');
    expect(failing).toMatchObject([{ parameter: 'v', index: [411] }]);
    const worst = (await readPages(service, id, 'order=worst&limit=100')).flat();
    expect(worst[0]).toEqual(failing[0]);
    expect(worst).toHaveLength(listed.length);
  });

  it('lists the worst first, each once, with the same verdicts as by index', async () => {
    const service = await startRunningService();
    const wrong = new Map([
      [3, 0.5],
      [7, 1e-3],
      [11, -2],
    ]);
    const id = await service.runJob(quadratic(40, wrong));
    const worst = (await readPages(service, id, 'order=worst&limit=7')).flat();
    expect(new Set(worst.slice(0, 3).map(({ component }) => component))).toEqual(new Set([43, 47, 51]));
    for (const group of [worst.slice(0, 3), worst.slice(3)]) {
      const errors = group.map(relativeError);
      expect(errors).toEqual([...errors].sort((a, b) => b - a));
    }
    const byIndex = (await readPages(service, id, 'limit=200')).flat();
    expect([...worst].sort((a, b) => a.component - b.component)).toEqual(byIndex);
  });

  it('filters by parameter and by verdict', async () => {
    const service = await startRunningService();
    const id = await service.runJob(
      quadratic(
        30,
        new Map([
          [2, 1],
          [20, 1],
        ]),
      ),
    );
    const ofV = (await readPages(service, id, 'parameter=v&limit=11')).flat();
    expect(ofV.map(({ component }) => component)).toEqual(Array.from({ length: 30 }, (_, i) => 30 + i));
    for (const order of ['index', 'worst']) {
      const failing = await readPages(service, id, `verdict=fail&order=${order}&limit=1`);
      expect(failing.map(([{ component }]) => component).sort()).toEqual([32, 50]);
      expect(await readPages(service, id, `verdict=fail&parameter=u&order=${order}`)).toEqual([[]]);
    }
  });

  it('lists only what was checked, of a sample', async () => {
    const service = await startRunningService();
    const id = await service.runJob({ ...quadratic(100), check: { components: { sample: 12 } } });
    const pages = await readPages(service, id, 'limit=5');
    expect(pages.flat()).toHaveLength(12);
    const worst = await readPages(service, id, 'order=worst&limit=5');
    expect(
      worst
        .flat()
        .map(({ component }) => component)
        .sort(),
    ).toEqual(
      pages
        .flat()
        .map(({ component }) => component)
        .sort(),
    );
  });

  it('judges the components of many blocks as the report does', async () => {
    const service = await startRunningService();
    // The largest claimed component, which the bound of every other depends on, is in the first block.
    const wrong = new Map([
      [1, 1000],
      [59_999, 1],
    ]);
    const id = await service.runJob({
      ...quadratic(60_000, wrong),
      check: { components: { parameters: ['v'] } },
    });
    const { parameters } = reportSchema.parse((await service.get(`/v1/jobs/${id}/report`)).json);
    const reported = parameters.flatMap(({ worst }) => worst);
    const failing = (await readPages(service, id, 'verdict=fail')).flat();
    expect(failing.map(({ component }) => component)).toEqual([60_001, 119_999]);
    for (const order of ['index', 'worst']) {
      const [component] = (await readPages(service, id, `verdict=fail&order=${order}`)).flat().slice(-1);
      expect(component.bound).toBe(reported.find(({ index }) => index[0] === component.index[0])?.bound);
    }
    const worst = pageSchema.parse(
      (await service.get(`/v1/jobs/${id}/components?order=worst&limit=10`)).json,
    );
    expect(worst.components.map(({ index }) => index)).toEqual(reported.map(({ index }) => index));
  });

  it('refuses parameters and cursors that there are not', async () => {
    const { get, runJob } = await startRunningService();
    const id = await runJob(quadratic(3));
    expect(await get(`/v1/jobs/${id}/components?parameter=w`)).toMatchObject({
      status: 422,
      json: { errors: [{ pointer: '/parameter', detail: 'there is no parameter "w"; there are u, v' }] },
    });
    expect(await get(`/v1/jobs/${id}/components?after=6`)).toMatchObject({
      status: 422,
      json: { errors: [{ pointer: '/after' }] },
    });
  });
});
