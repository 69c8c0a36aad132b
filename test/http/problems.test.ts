import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { errorCatalogue } from '../../src/errors/catalogue.ts';
import { startRunningService } from './running-service.ts';
import { cubic, long } from './sample-jobs.ts';

/** Sends bytes as they are. @returns everything that comes back. */
async function sendRaw(url: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.end(bytes);
  return text(socket);
}

describe('a problem document', () => {
  it('answers unknown paths and jobs', async () => {
    const { get } = await startRunningService();
    expect(await get('/v1/nothing')).toMatchObject({
      status: 404,
      json: { code: 'route-not-found', errors: [] },
    });
    expect(await get('/v1/jobs/none')).toMatchObject({ status: 404, json: { code: 'job-not-found' } });
    expect(await get(`/v1/jobs/${'x'.repeat(5000)}`)).toMatchObject({ status: 400 });
  });

  it('answers methods that a path does not take, and says which it takes', async () => {
    const { send } = await startRunningService();
    const answer = await send('PUT', '/v1/jobs', { body: 'x', headers: { 'content-type': 'text/plain' } });
    expect(answer).toMatchObject({ status: 405, json: { code: 'method-not-allowed' } });
    expect(answer.headers.allow).toBe('GET, HEAD, POST');
    expect((await send('GET', '/v1/jobs/x/cancel')).headers.allow).toBe('POST');
  });

  it('tells every fault of a query', async () => {
    const { get } = await startRunningService();
    const answer = await get('/v1/jobs?status=done&limit=0&colour=red&label=x');
    expect(answer).toMatchObject({ status: 422, json: { code: 'invalid-query' } });
    expect(answer.json).toHaveProperty(
      'errors',
      expect.arrayContaining(
        ['/status', '/limit', '/label', '/colour'].map((pointer) => expect.objectContaining({ pointer })),
      ),
    );
    for (const path of [
      '/v1/jobs/x?y=1',
      '/healthz?y=1',
      '/v1/jobs?limit=1&limit=2',
      '/v1/jobs?after=nonsense',
    ]) {
      expect(await get(path), path).toMatchObject({ status: 422, json: { code: 'invalid-query' } });
    }
  });

  it('answers what is not HTTP, and paths that cannot be decoded', async () => {
    const { service, get } = await startRunningService();
    expect(await sendRaw(service.url, 'nonsense\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 400 Bad Request[\s\S]*application\/problem\+json[\s\S]*"malformed-request"/,
    );
    const header = `x: ${'y'.repeat(20_000)}`;
    expect(await sendRaw(service.url, `GET / HTTP/1.1\r\nHost: x\r\n${header}\r\n\r\n`)).toMatch(
      /^HTTP\/1\.1 431[\s\S]*"headers-too-large"/,
    );
    expect(await get('/v1/jobs/%ff')).toMatchObject({ status: 400, json: { code: 'malformed-request' } });
  });

  it('bears the id of the request, the one that came with it if that is sane', async () => {
    const { get } = await startRunningService();
    const own = await get('/nothing', { 'x-request-id': 'trace-1:2.3' });
    expect(own.headers['x-request-id']).toBe('trace-1:2.3');
    expect(own.json).toMatchObject({ requestId: 'trace-1:2.3' });
    const strange = await get('/nothing', { 'x-request-id': 'a "b"' });
    expect(strange.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    expect((await get('/healthz')).headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    expect((await get('/v1/jobs/%ff')).headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('has a type that explains it, whatever its code', async () => {
    const { get } = await startRunningService();
    for (const code of Object.keys(errorCatalogue)) {
      const answer = await get(`/problems/${code}`);
      expect(answer.status).toBe(200);
      expect(answer.text).toContain(code);
    }
    expect((await get('/problems/none')).status).toBe(404);
  });

  it('says what a job is while it has no report, and why it has none', async () => {
    const { get, submit, runJob } = await startRunningService();
    const failed = await runJob({ ...cubic, cost: 2 });
    for (const path of ['report', 'components']) {
      const answer = await get(`/v1/jobs/${failed}/${path}`);
      expect(answer).toMatchObject({
        status: 409,
        json: { code: 'report-missing', job: { status: 'failed', error: 'cost-mismatch' } },
      });
    }
    const running = await submit(long());
    const early = await get(`/v1/jobs/${running}/report`);
    expect(early).toMatchObject({ status: 409, json: { code: 'report-not-ready' } });
    expect(early.json).toHaveProperty('job.status', expect.stringMatching(/^(queued|running)$/));
  });
});
