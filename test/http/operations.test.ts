import { createServer } from 'node:net';
import { pino } from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { startService } from '../../src/main.ts';
import { startRunningService, temporaryFolder } from './running-service.ts';
import { cubic, long } from './sample-jobs.ts';

describe('the operation of the service', () => {
  it('is alive and ready when it has started', async () => {
    const { get } = await startRunningService();
    expect(await get('/healthz')).toMatchObject({ status: 200, json: { status: 'ok' } });
    expect(await get('/readyz')).toMatchObject({ status: 200, json: { status: 'ready' } });
  });

  it('has figures for Prometheus', async () => {
    const { get, submit, runJob, send } = await startRunningService();
    await runJob(cubic);
    const id = await submit(long());
    const { text, headers } = await get('/metrics');
    expect(headers['content-type']).toMatch(/^text\/plain/);
    expect(text).toMatch(/^gradcheck_jobs_unfinished 1$/m);
    expect(text).toMatch(
      /^gradcheck_http_request_seconds_count\{method="POST",route="\/v1\/jobs",status="200"\} 1$/m,
    );
    expect(text).toMatch(/^process_cpu_seconds_total/m);
    await send('POST', `/v1/jobs/${id}/cancel`);
  });

  it('shows its contract as YAML and as a page that loads nothing else', async () => {
    const { get } = await startRunningService();
    const contract = await get('/openapi.yaml');
    expect(contract.headers['content-type']).toBe('application/yaml');
    expect(contract.text).toMatch(/^openapi: 3\.1\.0$/m);
    const page = await get('/docs');
    expect(page.headers['content-type']).toMatch(/^text\/html/);
    expect(page.text).toContain('/v1/jobs/{id}/components');
    expect(page.text).not.toMatch(/<(script|link|img)|src=|@import/);
  });

  it('writes one line for each request, with the ids of request and job', async () => {
    const lines: { requestId?: string; jobId?: string; status?: number; method?: string }[] = [];
    const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(JSON.parse(line)) });
    const service = await startService(readConfig({ PORT: '0', THREADS: '1', DATA_DIR: ':memory:' }), log);
    onTestFinished(() => service.stop());
    lines.length = 0;
    const answer = await fetch(`${service.url}/v1/jobs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', prefer: 'wait=30', 'x-request-id': 'r-1' },
      body: JSON.stringify(cubic),
    });
    const id = answer.headers.get('location')?.replace('/v1/jobs/', '');
    await fetch(`${service.url}/v1/jobs/${id}/report`, { headers: { 'x-request-id': 'r-2' } });
    await expect
      .poll(() => lines.filter(({ requestId }) => requestId !== undefined))
      .toMatchObject([
        { requestId: 'r-1', jobId: id, method: 'POST', status: 200 },
        { requestId: 'r-2', jobId: id, method: 'GET', status: 200 },
      ]);
  });

  it('cannot start on a port that is taken, and leaves nothing running', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? String(address.port) : '';
    const folder = await temporaryFolder();
    const start = () => startService(readConfig({ PORT: port, DATA_DIR: folder }), pino({ level: 'silent' }));
    await expect(start()).rejects.toThrow('EADDRINUSE');
    await startRunningService({}, folder);
  });
});

describe('a stop', () => {
  it('answers those who wait, refuses new jobs, and ends within ten seconds', async () => {
    const folder = await temporaryFolder();
    const { service, send, get, submit } = await startRunningService({}, folder);
    const id = await submit(long());
    const waiting = send('POST', '/v1/jobs', { body: long(), headers: { prefer: 'wait=30' } });
    await expect
      .poll(async () => (await get('/metrics')).text, { timeout: 20_000 })
      .toMatch(/^gradcheck_jobs_unfinished 2$/m);
    const began = performance.now();
    const stopped = service.stop();
    expect((await waiting).status).toBe(202);
    await stopped;
    expect(performance.now() - began).toBeLessThan(10_000);
    await expect(get('/healthz')).rejects.toThrow();
    const again = await startRunningService({}, folder);
    await expect
      .poll(async () => (await again.get(`/v1/jobs/${id}`)).json, { timeout: 20_000 })
      .toMatchObject({ status: 'running' });
  });

  it('is told by readiness, while liveness goes on', async () => {
    const { service, get, submit, send } = await startRunningService();
    await submit(long());
    const stopped = service.stop();
    const [health, ready, refused] = await Promise.all([
      get('/healthz'),
      get('/readyz'),
      send('POST', '/v1/jobs', { body: cubic }),
    ]);
    expect(health.status).toBe(200);
    expect(ready).toMatchObject({ status: 503, json: { code: 'stopping' } });
    expect(refused).toMatchObject({ status: 503, json: { code: 'stopping' } });
    expect(refused.headers['retry-after']).toBeDefined();
    await stopped;
  });
});
