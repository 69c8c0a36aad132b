import { gzipSync } from 'node:zlib';
import { request } from 'undici';
import { describe, expect, it } from 'vitest';
import { startRunningService } from './running-service.ts';
import { cubic, long, quadratic } from './sample-jobs.ts';

describe('POST /v1/jobs', () => {
  it('accepts a job at once and says where it is', async () => {
    const { send, get } = await startRunningService();
    const answer = await send('POST', '/v1/jobs', {
      body: { ...cubic, name: 'cubic', labels: { branch: 'main' } },
    });
    expect(answer.status).toBe(202);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    expect(answer.json).toMatchObject({
      name: 'cubic',
      labels: { branch: 'main' },
      components: 1,
      links: { self: answer.headers.location },
    });
    const location = String(answer.headers.location);
    await expect
      .poll(async () => (await get(location)).json)
      .toMatchObject({ status: 'succeeded', verdict: 'fail' });
  });

  it('answers with the report when the client would wait for it', async () => {
    const { send } = await startRunningService();
    const answer = await send('POST', '/v1/jobs', { body: cubic, headers: { prefer: 'wait=30' } });
    expect(answer.status).toBe(200);
    expect(answer.headers['preference-applied']).toBe('wait=30');
    expect(answer.json).toMatchObject({
      job: { status: 'succeeded', links: { self: answer.headers.location } },
      report: {
        parameters: [{ name: 'theta', worst: [{ claimed: 3.5, numeric: expect.closeTo(3.0001, 12) }] }],
      },
    });
  });

  it('checks by complex-step, and refuses by name what that cannot evaluate', async () => {
    const { send } = await startRunningService();
    const by = (cost: string) =>
      send('POST', '/v1/jobs', {
        body: {
          model: { format: 'expression', cost },
          parameters: { theta: 1 },
          gradients: { theta: 3 },
          check: { method: 'complex-step' },
        },
        headers: { prefer: 'wait=30' },
      });
    expect((await by('theta**3')).json).toMatchObject({
      report: {
        verdict: 'pass',
        settings: { method: 'complex-step', epsilon: 'auto' },
        parameters: [{ worst: [{ numeric: expect.closeTo(3, 14) }] }],
      },
    });
    const refused = await by('abs(theta)**3');
    expect(refused.status).toBe(422);
    expect(refused.json).toMatchObject({
      code: 'invalid-job',
      errors: [{ pointer: '/check/method', detail: expect.stringMatching(/^line 1, column 1: .* for abs;/) }],
    });
  });

  it('answers 202 when the job has not ended in the time given', async () => {
    const { send } = await startRunningService();
    const answer = await send('POST', '/v1/jobs', {
      body: long(),
      headers: { prefer: 'respond-async, wait=1' },
    });
    expect(answer.status).toBe(202);
    expect(answer.headers['preference-applied']).toBeUndefined();
    await send('POST', `${answer.headers.location}/cancel`);
  });

  it('answers with a failed job as well, without a report', async () => {
    const { send } = await startRunningService();
    const answer = await send('POST', '/v1/jobs', {
      body: { ...cubic, cost: 2 },
      headers: { prefer: 'wait=30' },
    });
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({
      job: { status: 'failed', error: { code: 'cost-mismatch' } },
      report: null,
    });
  });

  it('goes on with a job whose client has gone away', async () => {
    const { service, get } = await startRunningService();
    const leaving = new AbortController();
    const waiting = request(`${service.url}/v1/jobs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', prefer: 'wait=30' },
      body: JSON.stringify(long(60)),
      signal: leaving.signal,
    });
    await expect.poll(async () => (await get('/v1/jobs?status=running')).json).toMatchObject({ jobs: [{}] });
    leaving.abort();
    await expect(waiting).rejects.toThrow();
    await expect
      .poll(async () => (await get('/v1/jobs')).json, { timeout: 30_000 })
      .toMatchObject({ jobs: [{ status: 'succeeded' }] });
  });

  it('takes gzip-encoded documents', async () => {
    const { send } = await startRunningService();
    const answer = await send('POST', '/v1/jobs', {
      body: gzipSync(JSON.stringify(quadratic(1000))),
      headers: { 'content-encoding': 'gzip', prefer: 'wait=30' },
    });
    expect(answer.json).toMatchObject({ report: { verdict: 'pass', components: { checked: 2000 } } });
  });

  it('tells every fault of a document at once, and stores nothing', async () => {
    const { send, get } = await startRunningService();
    const answer = await send('POST', '/v1/jobs', {
      body: {
        ...cubic,
        parameters: { theta: [1, 'NaN'], beta: [[1], [2, 3]] },
        gradients: { theta: [1, 2, 3] },
        check: { method: 'sideways', epsilon: -1 },
        extra: true,
      },
    });
    expect(answer.status).toBe(422);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(answer.json).toMatchObject({ code: 'invalid-job', status: 422, type: '/problems/invalid-job' });
    expect(answer.json).toHaveProperty(
      'errors',
      expect.arrayContaining(
        ['/extra', '/parameters/theta/1', '/check/method', '/check/epsilon'].map((pointer) =>
          expect.objectContaining({ pointer }),
        ),
      ),
    );
    expect((await get('/v1/jobs')).json).toEqual({ jobs: [], next: null });
  });

  it('says where a body stops being JSON', async () => {
    const { send } = await startRunningService();
    const answer = await send('POST', '/v1/jobs', { body: '{\n  "model": {,}\n}' });
    expect(answer).toMatchObject({
      status: 400,
      json: { code: 'malformed-json', detail: 'line 2, column 13: expected name or }' },
    });
  });

  it('refuses other media types and bodies over the limit', async () => {
    const { send } = await startRunningService({ MAX_BODY_BYTES: '1000' });
    const typed = await send('POST', '/v1/jobs', { body: 'x', headers: { 'content-type': 'text/plain' } });
    expect(typed).toMatchObject({ status: 415, json: { code: 'unsupported-media-type' } });
    const large = await send('POST', '/v1/jobs', { body: quadratic(100) });
    expect(large).toMatchObject({ status: 413, json: { code: 'body-too-large' } });
    expect(large.text).toContain('MAX_BODY_BYTES');
    const inflated = await send('POST', '/v1/jobs', {
      body: gzipSync(Buffer.alloc(100_000)),
      headers: { 'content-encoding': 'gzip' },
    });
    expect(inflated).toMatchObject({ status: 413, json: { code: 'body-too-large' } });
  });

  it('names the setting of every limit that a job is over', async () => {
    const { send } = await startRunningService({
      MAX_COMPONENTS: '10',
      MAX_TENSOR_BYTES: '100',
      MAX_JOB_SECONDS: '0.000000001',
      MAX_MEMORY_BYTES: '1000',
    });
    const answer = await send('POST', '/v1/jobs', { body: quadratic(10) });
    expect(answer).toMatchObject({ status: 413, json: { code: 'tensors-too-large' } });
    expect(answer.text).toMatch(/MAX_TENSOR_BYTES.*MAX_COMPONENTS.*MAX_MEMORY_BYTES.*MAX_JOB_SECONDS/);
  });

  it('answers 429 with Retry-After when a client has too many jobs, and recovers', async () => {
    const { send, submit } = await startRunningService({ MAX_CLIENT_JOBS: '1' });
    const id = await submit(long());
    const refused = await send('POST', '/v1/jobs', { body: cubic });
    expect(refused).toMatchObject({ status: 429, json: { code: 'too-many-jobs' } });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    await send('POST', `/v1/jobs/${id}/cancel`);
    await expect.poll(async () => (await send('POST', '/v1/jobs', { body: cubic })).status).toBe(202);
  });
});

describe('an Idempotency-Key', () => {
  const headers = { 'idempotency-key': 'one' };

  it('gives the same job for the same document, however it is written', async () => {
    const { send, get } = await startRunningService();
    const { parameters, ...rest } = cubic;
    const answers = await Promise.all([
      send('POST', '/v1/jobs', { body: cubic, headers }),
      send('POST', '/v1/jobs', { body: { parameters, ...rest }, headers }),
      send('POST', '/v1/jobs', { body: JSON.stringify(cubic, null, 2), headers }),
    ]);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    expect(new Set(answers.map((answer) => answer.headers.location)).size).toBe(1);
    expect((await get('/v1/jobs')).json).toMatchObject({ jobs: [{}] });
    const waited = await send('POST', '/v1/jobs', {
      body: cubic,
      headers: { ...headers, prefer: 'wait=30' },
    });
    expect(waited).toMatchObject({ status: 200, json: { job: { status: 'succeeded' } } });
  });

  it('is refused for another document', async () => {
    const { send } = await startRunningService();
    await send('POST', '/v1/jobs', { body: cubic, headers });
    const other = await send('POST', '/v1/jobs', { body: { ...cubic, gradients: { theta: 4 } }, headers });
    expect(other).toMatchObject({ status: 422, json: { code: 'idempotency-mismatch' } });
  });

  it('must be printable', async () => {
    const { send } = await startRunningService();
    const answer = await send('POST', '/v1/jobs', { body: cubic, headers: { 'idempotency-key': 'a b' } });
    expect(answer).toMatchObject({ status: 400, json: { code: 'malformed-request' } });
  });
});

it('a job over the budget is refused with what the strategy directional would take instead', async () => {
  const { send } = await startRunningService({ MAX_JOB_SECONDS: '1' });
  const body = { ...long(100), check: { strategy: 'weight-perturbation' } };
  const refused = await send('POST', '/v1/jobs', { body });
  expect(refused).toMatchObject({ status: 413, json: { code: 'too-much-work' } });
  expect(refused.json).toMatchObject({
    detail: expect.stringMatching(
      /^MAX_JOB_SECONDS is 1 and this job has \S+; the strategy directional, which can miss errors, would take about 0\.\d+ seconds and 81 evaluations$/,
    ),
  });
  const directional = { ...body, check: { strategy: 'directional' } };
  expect(await send('POST', '/v1/estimate', { body: directional })).toMatchObject({
    json: { strategy: 'directional', exceeded: [] },
  });
});

describe('POST /v1/estimate', () => {
  it('plans a job and runs nothing', async () => {
    const { send, get } = await startRunningService();
    const answer = await send('POST', '/v1/estimate', { body: quadratic(100) });
    expect(answer).toMatchObject({
      status: 200,
      json: {
        strategy: 'weight-perturbation',
        components: 200,
        evaluations: 417,
        evaluationsSaved: 0,
        alternatives: [],
        exceeded: [],
      },
    });
    expect((await get('/v1/jobs')).json).toEqual({ jobs: [], next: null });
  });

  it('says what the strategies that were not chosen would take', async () => {
    const { send } = await startRunningService();
    const body = { ...long(60), check: { strategy: 'weight-perturbation' } };
    const answer = await send('POST', '/v1/estimate', { body });
    expect(answer.json).toMatchObject({
      strategy: 'weight-perturbation',
      evaluationsSaved: 0,
      alternatives: [
        { strategy: 'node-perturbation', evaluations: expect.any(Number), seconds: expect.any(Number) },
        { strategy: 'directional', evaluations: 1 + 2 * 8 + 2 * 8 * 4, seconds: expect.any(Number) },
      ],
    });
  });

  it('lists the limits for which the job would be refused', async () => {
    const { send } = await startRunningService({ MAX_COMPONENTS: '10' });
    const answer = await send('POST', '/v1/estimate', { body: quadratic(6) });
    expect(answer.json).toMatchObject({
      exceeded: [{ code: 'too-many-components', setting: 'MAX_COMPONENTS', limit: 10, actual: 12 }],
    });
  });

  it('tells the faults of a document like a submission', async () => {
    const { send } = await startRunningService();
    const answer = await send('POST', '/v1/estimate', { body: { ...cubic, gradients: {} } });
    expect(answer).toMatchObject({ status: 422, json: { code: 'invalid-job' } });
  });
});
