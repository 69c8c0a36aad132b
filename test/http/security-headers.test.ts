import { expect, it } from 'vitest';
import { openEventStream } from './event-stream.ts';
import { startRunningService } from './running-service.ts';
import { cubic } from './sample-jobs.ts';

it('every answer, a refusal and an event stream too, tells browsers to be careful', async () => {
  const { get, runJob, service } = await startRunningService();
  const id = await runJob(cubic);
  const stream = await openEventStream(`${service.url}/v1/jobs/${id}/events`);
  await stream.ended;
  const paths = ['/healthz', '/docs', '/openapi.yaml', '/nowhere', `/v1/jobs/${id}`, '/v1/jobs?colour=red'];
  const answers = await Promise.all(paths.map((path) => get(path)));
  for (const { headers } of [...answers, stream]) {
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'SAMEORIGIN',
      'referrer-policy': 'no-referrer',
      'x-request-id': expect.any(String),
    });
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'self'");
    // The service may well be asked without encryption.
    expect(policy).not.toContain('upgrade-insecure-requests');
    expect(headers).not.toHaveProperty('strict-transport-security');
  }
});

it('and nothing of how those headers were found shows', async () => {
  const { get } = await startRunningService();
  const { status, headers } = await get('/');
  expect(status).toBe(404);
  expect(headers['content-type']).toContain('application/problem+json');
});
