import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Faults } from '../../src/errors/fault.ts';
import { checkGradients } from '../../src/index.ts';
import { readJsonTensor } from '../../src/tensors/json-tensor.ts';
import { parseCsv } from '../check/formats/parse-csv.ts';
import { elementsNamed, parseXml } from '../check/formats/parse-xml.ts';
import { writtenFile } from '../fixtures/written-files.ts';
import { projectRoot } from '../structure/import-graph.ts';
import { examplePath, runGradcheck, startGradcheck, startService } from './gradcheck-process.ts';

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

  it('shows θ³ at 1 by every method side by side', async () => {
    const compareMethods = ['forward', 'backward', 'central', 'five-point', 'complex-step'];
    const document = changed('theta-cubed', {
      check: { epsilon: 0.01, componentTolerance: 1e-4, compareMethods },
    });
    const { code, stdout } = await runGradcheck(['check', '-'], document);
    expect(stdout).toMatch(/^PASS /m);
    expect(stdout).toMatch(/^theta +\[\] +pass +1\.67e-5 +0\.0001 +0 of 1 +0\.00499 +0\.00501 +1\.67e-5 /m);
    expect(stdout).toMatch(/^forward +0\.00499 +0\.0301 +0\.01$/m);
    expect(stdout).toMatch(/^complex-step +0 +0 +1e-20$/m);
    expect(stdout).toMatch(/^theta +pass +3 +3\.0001 +0\.0001 +3\.0301 +2\.9701 +3\.0001 +3 +3$/m);
    expect(code).toBe(0);
    const csv = await runGradcheck(['check', '-', '--format', 'csv'], document);
    const [head, line] = parseCsv(csv.stdout);
    expect(head.slice(-5)).toEqual(compareMethods);
    expect(line.slice(-5).map((cell) => Number(cell).toFixed(4))).toEqual([
      ...['3.0301', '2.9701', '3.0001'],
      ...['3.0000', '3.0000'],
    ]);
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

  it('says why the gradient is wrong, under each parameter, and how to check one component alone', async () => {
    const { stdout } = await runGradcheck(['check', examplePath('three-layer-wrong-layers')]);
    expect(stdout).toMatch(/^W2 .* 4 of 15\n {2}dW2 is 2 times what it should be/m);
    expect(stdout).toMatch(/^b1 .* 4 of 5\n {2}db1 is 4 times what it should be\.$/m);
    expect(stdout).toContain('look at the lines that compute dW2 and db1.');
    expect(stdout).toMatch(/^to check one alone: gradcheck check job\.json --component b1\[\d,0\]$/m);
  });

  it('checks the components alone that --component names', async () => {
    const path = examplePath('three-layer-wrong-layers');
    const { code, stdout } = await runGradcheck([
      'check',
      path,
      '--component',
      'W2[2,0]',
      '--component',
      'W3[0,2]',
    ]);
    expect(stdout).toContain('2 of 18 components checked: 1 passed, 1 failed, 0 inconclusive');
    expect(stdout.match(/^W2\[2,0\] +fail/gm)).toHaveLength(1);
    expect(code).toBe(1);
    const unknown = await runGradcheck(['check', path, '--component', 'W2[3,0]']);
    expect(unknown.stderr).toContain('"W2[3,0]" is no component of W2: its shape is [3,5]');
    expect(unknown.code).toBe(3);
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

describe('gradcheck check --format', () => {
  const wrong = examplePath('three-layer-wrong-layers');

  it('prints Markdown, JUnit XML and the components as CSV, here as on a service', async () => {
    const service = await startService();
    try {
      for (const where of [[], ['--server', service.url]]) {
        const run = (format: string) => runGradcheck(['check', wrong, '--format', format, ...where]);
        const markdown = await run('markdown');
        expect(markdown.stdout).toMatch(/^### ❌ Gradient check: fail – three layers/);
        expect(markdown.code).toBe(1);
        const junit = parseXml((await run('junit')).stdout);
        expect(elementsNamed(junit, 'failure')).toHaveLength(2);
        const [head, ...lines] = parseCsv((await run('csv')).stdout);
        expect(lines).toHaveLength(47);
        const failed = lines.filter((line) => line[head.indexOf('verdict')] === 'fail');
        expect(failed).toHaveLength(8);
      }
    } finally {
      service.child.kill();
      await service.ended;
    }
  });

  it('writes to a file instead of stdout', async () => {
    const output = join(folder, 'report.xml');
    const { stdout, code } = await runGradcheck(['check', wrong, '--format', 'junit', '--output', output]);
    expect(stdout).toBe('');
    expect(code).toBe(1);
    expect(elementsNamed(parseXml(readFileSync(output, 'utf8')), 'testcase')).toHaveLength(6);
    const nowhere = await runGradcheck(['check', wrong, '--output', join(folder, 'absent', 'report')]);
    expect(nowhere.code).toBe(3);
    expect(nowhere.stderr).toContain('cannot write');
  });
});

describe('gradcheck check --fail-on', () => {
  const kink = written(
    'kink.json',
    JSON.stringify({
      model: { format: 'expression', cost: 'relu(x) - relu(-x)' },
      parameters: { x: 0 },
      gradients: { x: 0 },
    }),
  );

  it('decides whether an undecided gradient ends it with 2 or with 0; a wrong one always ends it with 1', async () => {
    const codeOf = async (...args: string[]) => (await runGradcheck(['check', ...args])).code;
    expect(await codeOf(kink)).toBe(2);
    expect(await codeOf(kink, '--fail-on', 'inconclusive')).toBe(2);
    expect(await codeOf(kink, '--fail-on', 'fail')).toBe(0);
    expect(await codeOf(examplePath('three-layer-wrong-layers'), '--fail-on', 'fail')).toBe(1);
  });
});

describe('gradcheck check with tensors in files', () => {
  const { parameters, gradients, data, ...document } = JSON.parse(
    readFileSync(examplePath('three-layer-wrong-layers'), 'utf8'),
  );
  const job = written('without-tensors.json', JSON.stringify(document));

  /** Writes the tensors of every section as a file, each in another form. @returns the paths */
  async function writeFiles(): Promise<Record<string, string>> {
    const paths: Record<string, string> = { data: written('data.json', JSON.stringify(data)) };
    for (const [section, tensors] of Object.entries({ parameters, gradients })) {
      const arrays = Object.entries(Object(tensors)).map(([name, value]) => {
        const tensor = readJsonTensor(value, '', new Faults());
        if (tensor === undefined) throw new Error(`${name} is no tensor`);
        return [name, tensor] as const;
      });
      const form = section === 'gradients' ? 'safetensors' : 'npz';
      paths[section] = join(folder, `${section}.${form}`);
      writeFileSync(paths[section], await writtenFile(form, Object.fromEntries(arrays)));
    }
    return paths;
  }

  it('gives the report that the whole document gives, here, on a service and in the library', async () => {
    const paths = await writeFiles();
    const args = Object.entries(paths).flatMap(([section, path]) => [`--${section}`, path]);
    const service = await startService();
    try {
      const run = async (more: readonly string[]) => {
        const { stdout } = await runGradcheck(['check', ...more, '--format', 'json']);
        return withoutDuration(JSON.parse(stdout));
      };
      const expected = await run([examplePath('three-layer-wrong-layers')]);
      expect(await run([job, ...args])).toEqual(expected);
      expect(await run([job, ...args, '--server', service.url])).toEqual(expected);
      const files = {
        parameters: readFileSync(paths.parameters),
        gradients: readFileSync(paths.gradients),
        data: readFileSync(paths.data),
      };
      const report = await checkGradients({ ...document, parameters: {}, gradients: {} }, { files });
      expect(withoutDuration(report)).toEqual(expected);
    } finally {
      service.child.kill();
      await service.ended;
    }
  });

  it('ends with 3 when a file cannot be read, or holds what no job may hold', async () => {
    const missing = await runGradcheck(['check', job, '--data', join(folder, 'none.npz')]);
    expect(missing.stderr).toMatch(/^gradcheck: cannot read .*none\.npz: ENOENT/);
    expect(missing.code).toBe(3);
    const faulty = await runGradcheck(['check', job, '--data', written('broken.npz', 'PK broken')]);
    expect(faulty.stderr).toMatch(/^ {2}\/data: the file is truncated, or no zip file/m);
    expect(faulty.code).toBe(3);
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
    [['check', 'job.json', '--fail-on', 'pass']],
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
