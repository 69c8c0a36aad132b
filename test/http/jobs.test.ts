import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type RunningService, startRunningService } from './running-service.ts';
import { cubic, long, quadratic } from './sample-jobs.ts';

const pageSchema = z.object({
  jobs: z.array(z.object({ id: z.string() })),
  next: z.string().nullable(),
});

/** The ids of every page, following the cursors. */
async function readPages({ get }: RunningService, query: string): Promise<string[][]> {
  const pages: string[][] = [];
  for (let after = ''; ; ) {
    const answer = await get(`/v1/jobs?${query}${after}`);
    const { jobs, next } = pageSchema.parse(answer.json);
    pages.push(jobs.map(({ id }) => id));
    if (next === null) {
      expect(answer.headers.link).toBeUndefined();
      return pages;
    }
    expect(answer.headers.link).toContain(`after=${next}`);
    expect(answer.headers.link).toMatch(/^<\/v1\/jobs\?.*>; rel="next"$/);
    after = `&after=${next}`;
  }
}

describe('GET /v1/jobs', () => {
  it('lists jobs newest first, in pages that stay the same while jobs come and go', async () => {
    const service = await startRunningService();
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) ids.unshift(await service.runJob(cubic));
    expect(await readPages(service, 'limit=2')).toEqual([ids.slice(0, 2), ids.slice(2, 4), ids.slice(4)]);
    const first = pageSchema.parse((await service.get('/v1/jobs?limit=2')).json);
    await service.runJob(cubic);
    await service.send('DELETE', `/v1/jobs/${ids[1]}`);
    const second = pageSchema.parse((await service.get(`/v1/jobs?limit=2&after=${first.next}`)).json);
    expect(second.jobs.map(({ id }) => id)).toEqual(ids.slice(2, 4));
  });

  it('filters by status, verdict and label', async () => {
    const service = await startRunningService();
    const wrong = await service.runJob({ ...cubic, labels: { branch: 'main', note: 'a:b' } });
    const right = await service.runJob(quadratic(4));
    const failed = await service.runJob({ ...cubic, cost: 7 });
    const list = async (query: string) => (await readPages(service, query)).flat();
    expect(await list('status=succeeded')).toEqual([right, wrong]);
    expect(await list('status=failed')).toEqual([failed]);
    expect(await list('verdict=fail')).toEqual([wrong]);
    expect(await list('label=note:a:b')).toEqual([wrong]);
    expect(await list('label=branch:main&verdict=pass')).toEqual([]);
  });
});

describe('GET /v1/jobs/{id}', () => {
  it('tells times, verdict and links of a job that has ended', async () => {
    const { get, runJob } = await startRunningService();
    const id = await runJob(cubic);
    const answer = await get(`/v1/jobs/${id}`);
    expect(answer.headers['retry-after']).toBeUndefined();
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    expect(answer.json).toEqual({
      id,
      labels: {},
      status: 'succeeded',
      verdict: 'fail',
      progress: { stage: 'sweep', completed: 1, total: 1, rate: null, etaSeconds: null },
      components: 1,
      workSeconds: expect.any(Number),
      cancelRequested: false,
      createdAt: time,
      startedAt: time,
      finishedAt: time,
      expiresAt: time,
      links: {
        self: `/v1/jobs/${id}`,
        events: `/v1/jobs/${id}/events`,
        report: `/v1/jobs/${id}/report`,
        components: `/v1/jobs/${id}/components`,
        numericSafetensors: `/v1/jobs/${id}/numeric.safetensors`,
        numericNpz: `/v1/jobs/${id}/numeric.npz`,
        cancel: `/v1/jobs/${id}/cancel`,
      },
    });
    const { links } = Object(answer.json);
    for (const link of ['self', 'report', 'components', 'numericSafetensors', 'numericNpz']) {
      expect((await get(links[link])).status, link).toBe(200);
    }
  });

  it('answers 304 while nothing has changed', async () => {
    const { get, submit, send } = await startRunningService();
    const id = await submit(long());
    const running = await get(`/v1/jobs/${id}`);
    expect(Number(running.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    await send('POST', `/v1/jobs/${id}/cancel`);
    await expect.poll(async () => (await get(`/v1/jobs/${id}`)).json).toMatchObject({ status: 'cancelled' });
    const stale = await get(`/v1/jobs/${id}`, { 'if-none-match': String(running.headers.etag) });
    expect(stale.status).toBe(200);
    const tag = String(stale.headers.etag);
    for (const header of [tag, `"other", ${tag}`, tag.replace('W/', ''), '*']) {
      const same = await get(`/v1/jobs/${id}`, { 'if-none-match': header });
      expect(same, header).toMatchObject({ status: 304, text: '' });
      expect(same.headers.etag).toBe(tag);
    }
  });
});

describe('POST /v1/jobs/{id}/cancel', () => {
  it('ends a running job, is harmless to repeat, and is refused when it has ended', async () => {
    const { get, submit, send } = await startRunningService();
    const id = await submit(long());
    await expect.poll(async () => (await get(`/v1/jobs/${id}`)).json).toMatchObject({ status: 'running' });
    const answers = await Promise.all([1, 2].map(() => send('POST', `/v1/jobs/${id}/cancel`)));
    expect(answers.map(({ status }) => status)).toEqual([202, 202]);
    await expect
      .poll(async () => (await get(`/v1/jobs/${id}`)).json, { timeout: 1000 })
      .toMatchObject({ status: 'cancelled' });
    const late = await send('POST', `/v1/jobs/${id}/cancel`);
    expect(late).toMatchObject({ status: 409, json: { code: 'job-terminal' } });
    expect(await get(`/v1/jobs/${id}/report`)).toMatchObject({
      status: 409,
      json: { code: 'report-missing', job: { status: 'cancelled' } },
    });
  });

  it('is refused for a job that there is not', async () => {
    const { send } = await startRunningService();
    expect(await send('POST', '/v1/jobs/x/cancel')).toMatchObject({
      status: 404,
      json: { code: 'job-not-found' },
    });
  });
});

describe('DELETE /v1/jobs/{id}', () => {
  it('removes a job that has ended; it is known to have been', async () => {
    const { get, runJob, send } = await startRunningService();
    const id = await runJob(cubic);
    expect(await send('DELETE', `/v1/jobs/${id}`)).toMatchObject({ status: 204, text: '' });
    for (const path of ['', '/report', '/components', '/events']) {
      expect(await get(`/v1/jobs/${id}${path}`), path).toMatchObject({
        status: 410,
        json: { code: 'job-removed' },
      });
    }
    expect(await send('DELETE', `/v1/jobs/${id}`)).toMatchObject({ status: 410 });
  });

  it('is refused while the job runs', async () => {
    const { submit, send } = await startRunningService();
    const id = await submit(long());
    const answer = await send('DELETE', `/v1/jobs/${id}`);
    expect(answer).toMatchObject({ status: 409, json: { code: 'job-not-terminal' } });
    await send('POST', `/v1/jobs/${id}/cancel`);
  });
});

describe('GET /v1/jobs/{id}/report', () => {
  it('chooses by Accept among what there is', async () => {
    const { get, runJob } = await startRunningService();
    const id = await runJob(cubic);
    const path = `/v1/jobs/${id}/report`;
    for (const accept of ['*/*', 'application/*', 'text/html, application/json;q=0.5']) {
      const answer = await get(path, { accept });
      expect(answer.status, accept).toBe(200);
      expect(answer.headers['content-type']).toMatch(/^application\/json/);
      expect(answer.json).toMatchObject({ verdict: 'fail', parameters: [{ name: 'theta' }] });
    }
    for (const accept of ['text/html', 'application/json;q=0', '*/*;q=0']) {
      const answer = await get(path, { accept });
      expect(answer, accept).toMatchObject({ status: 406, json: { code: 'not-acceptable' } });
      expect(answer.text).toContain('application/json');
    }
  });
});
