import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkGradients, type JobDocument } from '../../src/index.ts';
import { projectRoot } from '../structure/import-graph.ts';
import { runGradcheck, startService } from './gradcheck-process.ts';

/** What PyTorch exported, with autograd's gradients. */
const path = join(projectRoot, 'test/fixtures/onnx/mlp-tanh');
const gradients = ['--gradients', `${path}.gradients.safetensors`];
const args = ['check', `${path}.json`, '--model', `${path}.onnx`, ...gradients];

const withoutDuration = (report: object) => ({ ...report, durationMs: undefined });

describe('gradcheck check with an ONNX model', () => {
  it('ends with 0 for a right gradient and names the parameters as the file does', async () => {
    const { code, stdout } = await runGradcheck(args);
    expect(stdout).toMatch(/^PASS {2}relative difference/m);
    expect(stdout).toMatch(/^module\.0\.weight +\[6,4\] +pass/m);
    expect(code).toBe(0);
  });

  it('gives one report here, on a service and in the library', async () => {
    const service = await startService();
    try {
      const here = await runGradcheck([...args, '--format', 'json']);
      const there = await runGradcheck([...args, '--format', 'json', '--server', service.url]);
      const expected = withoutDuration(JSON.parse(here.stdout));
      expect(withoutDuration(JSON.parse(there.stdout))).toEqual(expected);
      const document: JobDocument = { ...JSON.parse(readFileSync(`${path}.json`, 'utf8')), gradients: {} };
      const files = {
        model: readFileSync(`${path}.onnx`),
        gradients: readFileSync(`${path}.gradients.safetensors`),
      };
      expect(withoutDuration(await checkGradients(document, { files }))).toEqual(expected);
    } finally {
      service.child.kill();
      await service.ended;
    }
  });

  it('ends with 3 without the file, or with one that is none', async () => {
    const without = await runGradcheck(['check', `${path}.json`, ...gradients]);
    expect(without.stderr).toMatch(/^ {2}\/model: the ONNX file is missing/m);
    expect(without.code).toBe(3);
    const other = await runGradcheck(['check', `${path}.json`, '--model', `${path}.json`, ...gradients]);
    expect(other.stderr).toMatch(/^ {2}\/model: the file is damaged/m);
    expect(other.code).toBe(3);
  });
});
