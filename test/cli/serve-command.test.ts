import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../structure/import-graph.ts';
import {
  examplePath,
  runGradcheck,
  type ServiceProcess,
  startGradcheck,
  startService,
} from './gradcheck-process.ts';

const mlp = execFileSync(process.execPath, [join(projectRoot, 'examples/make-mlp.mjs')], {
  encoding: 'utf8',
  maxBuffer: 2 ** 24,
});
/** The generated MLP, its check drawn out by an exhaustive strategy. */
function mlpOf(components: unknown): string {
  return JSON.stringify({
    ...JSON.parse(mlp),
    name: 'long',
    check: { strategy: 'weight-perturbation', components },
  });
}
const long = mlpOf('all');
const withoutDuration = (report: object) => ({ ...report, durationMs: undefined });

async function get(url: string): Promise<string> {
  return (await fetch(url)).text();
}

async function jobs(url: string): Promise<{ id: string; name?: string; status: string }[]> {
  const page: { jobs: { id: string; name?: string; status: string }[] } = JSON.parse(
    await get(`${url}/v1/jobs`),
  );
  return page.jobs;
}

/** A port that nothing listens on: a service that is started on it twice takes up its own jobs at once. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}

/** Waits until the command has drawn the first progress of its check. */
async function untilChecking(check: ReturnType<typeof startGradcheck>): Promise<void> {
  if (check.child.stderr === null) throw new Error('no stderr');
  await once(check.child.stderr, 'data');
}

let service: ServiceProcess;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => {
  service.child.kill('SIGKILL');
});

describe('gradcheck check --server', () => {
  it('prints the report that a check in its own process prints', async () => {
    const path = examplePath('three-layer-wrong-layers');
    const [here, there] = await Promise.all([
      runGradcheck(['check', path, '--format', 'json']),
      runGradcheck(['check', path, '--format', 'json', '--server', service.url]),
    ]);
    expect(withoutDuration(JSON.parse(there.stdout))).toEqual(withoutDuration(JSON.parse(here.stdout)));
    expect(there).toMatchObject({ code: 1, stderr: '' });
  });

  it('shows the name of the job, and its progress when told to', async () => {
    const source = readFileSync(examplePath('two-layer-softmax-layers'), 'utf8');
    const { code, stdout, stderr } = await runGradcheck(
      ['check', '-', '--progress', '--server', `${service.url}/`],
      source,
    );
    expect(stdout).toMatch(/^two layers, softmax cross-entropy and L2\nPASS /);
    expect(stderr).toMatch(/83\/83 components/);
    expect(code).toBe(0);
  });

  it('prints every fault that the service found, and nothing is stored', async () => {
    const before = await jobs(service.url);
    const { code, stderr } = await runGradcheck(
      ['check', '-', '--server', service.url],
      '{"model": 1, "colour": 2}',
    );
    expect(stderr).toContain('(invalid-job)');
    for (const pointer of ['/model', '/colour']) expect(stderr).toMatch(new RegExp(`^  ${pointer}: .`, 'm'));
    expect(code).toBe(3);
    expect(await jobs(service.url)).toEqual(before);
  });

  it('says why a job failed', async () => {
    const document = { ...JSON.parse(readFileSync(examplePath('theta-cubed'), 'utf8')), cost: 2 };
    const { code, stderr } = await runGradcheck(
      ['check', '-', '--server', service.url],
      JSON.stringify(document),
    );
    expect(stderr).toMatch(/^gradcheck: the job failed: .*\(cost-mismatch\)/);
    expect(code).toBe(3);
  });

  it('says when no service answers', async () => {
    const { code, stderr } = await runGradcheck([
      'check',
      examplePath('theta-cubed'),
      '--server',
      'http://127.0.0.1:1',
    ]);
    expect(stderr).toMatch(/^gradcheck: cannot reach http:\/\/127\.0\.0\.1:1\/: .+/);
    expect(code).toBe(3);
  });

  it('leaves the job running on Ctrl-C, and says where', async () => {
    const check = startGradcheck(['check', '-', '--progress', '--server', service.url], long);
    await untilChecking(check);
    check.child.kill('SIGINT');
    const { code, stderr } = await check.ended;
    expect(code).toBe(130);
    const [, url] = stderr.match(/the job goes on at (\S+)/) ?? [];
    const job: { status: string } = JSON.parse(await get(url));
    expect(job.status).toBe('running');
    await fetch(`${url}/cancel`, { method: 'POST' });
  });

  it('cancels the job on Ctrl-C with --cancel-on-interrupt', async () => {
    const check = startGradcheck(
      ['check', '-', '--progress', '--cancel-on-interrupt', '--server', service.url],
      long,
    );
    await untilChecking(check);
    check.child.kill('SIGINT');
    expect((await check.ended).code).toBe(130);
    await expect
      .poll(async () => (await jobs(service.url))[0], { timeout: 10_000 })
      .toMatchObject({ name: 'long', status: 'cancelled' });
  });
});

describe('gradcheck serve', () => {
  it('is stopped by SIGTERM with 0, also while it checks and streams', async () => {
    const own = await startService();
    const check = startGradcheck(['check', '-', '--progress', '--server', own.url], long);
    await untilChecking(check);
    own.child.kill('SIGTERM');
    expect((await own.ended).code).toBe(0);
    check.child.kill('SIGKILL');
  });

  it('goes on after kill -9 with the job, whose follower sees no more than a pause', async () => {
    const first = await startService({ port: await freePort() });
    const args = ['check', '-', '--progress', '--format', 'json', '--server', first.url];
    const check = startGradcheck(args, mlpOf({ sample: 12_000 }));
    await untilChecking(check);
    first.child.kill('SIGKILL');
    await first.ended;
    const second = await startService({ port: first.port, dataDir: first.dataDir });
    try {
      const { code, stdout } = await check.ended;
      expect(JSON.parse(stdout)).toMatchObject({
        verdict: 'pass',
        components: { total: 41_802, checked: 12_000, passed: 12_000 },
      });
      expect(code).toBe(0);
    } finally {
      second.child.kill('SIGKILL');
    }
  }, 300_000);

  it('ends with 3 and lists every wrong setting', async () => {
    const { code, stderr } = await runGradcheck(['serve', '--port', 'http', '--threads', '0']);
    expect(stderr).toContain('PORT must be a whole number');
    expect(stderr).toContain('THREADS must be a whole number');
    expect(code).toBe(3);
  });

  it('ends with 3 when the port is taken', async () => {
    const { code, stderr, stdout } = await runGradcheck([
      'serve',
      '--port',
      String(service.port),
      '--data-dir',
      ':memory:',
    ]);
    expect(`${stderr}${stdout}`).toContain('EADDRINUSE');
    expect(code).toBe(3);
  });
});
