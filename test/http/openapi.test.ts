import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { startRunningService } from './running-service.ts';

describe('openapi.yaml', () => {
  it('is what the service says its contract is', async () => {
    const { get } = await startRunningService({ DATA_DIR: ':memory:' });
    await expect((await get('/openapi.yaml')).text).toMatchFileSnapshot('../../openapi.yaml');
  });

  it('describes every route, with what it may refuse', async () => {
    const { get } = await startRunningService({ DATA_DIR: ':memory:' });
    const { paths } = parse((await get('/openapi.yaml')).text);
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining(['/v1/jobs', '/v1/estimate', '/v1/jobs/{id}/events', '/healthz']),
    );
    for (const [path, methods] of Object.entries<Record<string, { responses: object; summary: string }>>(
      paths,
    )) {
      for (const [method, { responses, summary }] of Object.entries(methods)) {
        expect(responses, `${method} ${path}`).toHaveProperty('default');
        expect(summary, `${method} ${path}`).toBeTruthy();
      }
    }
  });
});
