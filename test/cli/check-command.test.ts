import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkGradients } from '../../src/index.ts';
import { projectRoot } from '../structure/import-graph.ts';
import { examplePath, runGradcheck, startGradcheck } from './gradcheck-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'gradcheck-check-'));

function written(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

function changed(name: string, change: object): string {
  return JSON.stringify({ ...JSON.parse(readFileSync(examplePath(name), 'utf8')), ...change });
}

/** The generated MLP: long enough to be interrupted. */
const mlp = written(
  'mlp.json',
  execFileSync(process.execPath, [join(projectRoot, 'examples/make-mlp.mjs')], {
    encoding: 'utf8',
    maxBuffer: 2 ** 24,
  }),
);

const withoutDuration = (report: object) => ({ ...report, durationMs: undefined });

describe('gradcheck check in its own process', () => {
  it('ends with 1 for a wrong gradient and prints a table that names what is wrong', async () => {
    const { code, stdout, stderr } = await runGradcheck(['check', examplePath('three-layer-wrong-layers')]);
    expect(stdout).toMatch(/^FAIL {2}relative difference 0\.28509[23]\d+/m);
    expect(stdout).toMatch(/^W2 +\[3,5\] +fail .* 4 of 15$/m);
    expect(stdout).toMatch(/^b1 +\[5,1\] +fail .* 4 of 5$/m);
    expect(stdout.match(/^\w+\[\d,\d\] +fail/gm)).toHaveLength(8);
    expect(stderr).toBe('');
    expect(code).toBe(1);
  });

  it('ends with 0 for a right gradient', async () => {
    const { code, stdout } = await runGradcheck(['check', examplePath('two-layer-softmax-expression')]);
    expect(stdout).toMatch(/^PASS {2}relative difference/m);
    expect(code).toBe(0);
  });

  it('checks by complex-step and says so', async () => {
    const document = changed('three-layer-correct-layers', { check: { method: 'complex-step' } });
    const { code, stdout } = await runGradcheck(['check', '-'], document);
    expect(stdout).toMatch(/^PASS {2}relative difference \S+e-1[45]/m);
    expect(stdout).toContain('; complex-step, automatic step, weight-perturbation; 96 evaluations in');
    expect(code).toBe(0);
  });

  it('ends with 2 when nothing can be said', async () => {
    const document = {
      model: { format: 'expression', cost: 'log(x)' },
      parameters: { x: -1 },
      gradients: { x: -1 },
    };
    const { code, stdout } = await runGradcheck(['check', '-'], JSON.stringify(document));
    expect(stdout).toContain('INCONCLUSIVE');
    expect(code).toBe(2);
  });

  it('prints, on any number of threads, the report of the library as JSON', async () => {
    const expected = await checkGradients(
      JSON.parse(readFileSync(examplePath('three-layer-wrong-expression'), 'utf8')),
    );
    for (const threads of ['1', '3']) {
      const { stdout } = await runGradcheck([
        'check',
        examplePath('three-layer-wrong-expression'),
        '--format',
        'json',
        '--threads',
        threads,
      ]);
      expect(withoutDuration(JSON.parse(stdout))).toEqual(withoutDuration(expected));
    }
  });

  it('draws a progress bar on stderr when told to, and none of itself where stderr is no terminal', async () => {
    const path = examplePath('three-layer-correct-layers');
    const { stderr, stdout } = await runGradcheck(['check', path, '--progress']);
    expect(stderr).toMatch(/=+ 100% \| 47\/47 components/);
    expect(stdout).toMatch(/^three layers, correct gradients\nPASS/);
  });

  it('is ended by Ctrl-C with 130', async () => {
    const { child, ended } = startGradcheck(['check', mlp, '--progress']);
    if (child.stderr === null) throw new Error('no stderr');
    await once(child.stderr, 'data');
    const interrupted = performance.now();
    child.kill('SIGINT');
    const { code, stdout } = await ended;
    expect(code).toBe(130);
    expect(stdout).toBe('');
    expect(performance.now() - interrupted).toBeLessThan(5000);
  });
});

describe('gradcheck check without a verdict ends with 3 and says why', () => {
  it('for a faulty document: every fault with its pointer', async () => {
    const source = changed('three-layer-wrong-layers', {
      colour: 'red',
      cost: 'much',
      gradients: { W1: [[1]] },
    });
    const { code, stderr, stdout } = await runGradcheck(['check', '-'], source);
    expect(code).toBe(3);
    expect(stdout).toBe('');
    expect(stderr).toContain('(invalid-job)');
    for (const pointer of ['/colour', '/cost', '/gradients/W1'])
      expect(stderr).toMatch(new RegExp(`^  ${pointer}: .`, 'm'));
    for (const name of ['b1', 'W2', 'b2', 'W3', 'b3']) expect(stderr).toContain(name);
  });

  it('for a document that is not JSON', async () => {
    const { code, stderr } = await runGradcheck(['check', written('broken.json', '{"model": ')]);
    expect(stderr).toMatch(/^gradcheck: the document is not JSON: /);
    expect(code).toBe(3);
  });

  it('for a file that is not there', async () => {
    const { code, stderr } = await runGradcheck(['check', join(folder, 'none.json')]);
    expect(stderr).toMatch(/^gradcheck: cannot read .*none\.json: ENOENT/);
    expect(code).toBe(3);
  });

  it("for a cost that is not the client's: both numbers", async () => {
    const { code, stderr } = await runGradcheck(
      ['check', '-'],
      changed('three-layer-wrong-layers', { cost: 2.5 }),
    );
    expect(stderr).toContain('(cost-mismatch)');
    expect(stderr).toContain('2.5');
    expect(stderr).toContain('2.40783338983');
    expect(code).toBe(3);
  });

  it.each([
    [['check']],
    [['check', 'job.json', '--format', 'xml']],
    [['check', 'job.json', '--threads', '0']],
    [['check', 'job.json', '--threads', '2', '--server', 'http://127.0.0.1:1']],
    [['measure']],
  ])('for the command line %j', async (args) => {
    const { code, stderr } = await runGradcheck(args);
    expect(stderr).toMatch(/^error: /);
    expect(code).toBe(3);
  });
});

it('the help of every command is no error', async () => {
  for (const args of [['--help'], ['check', '--help'], ['serve', '--help'], ['--version']]) {
    const { code, stdout, stderr } = await runGradcheck(args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).not.toBe('');
  }
});
