import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { checkGradients, type JobDocument } from '../../src/index.ts';
import { parseCsv } from '../check/formats/parse-csv.ts';
import { writtenFile } from '../fixtures/written-files.ts';
import { runGradcheck, startService } from './gradcheck-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'gradcheck-points-'));
const model = { format: 'expression' as const, cost: 'sum(W**2) / 2 + b' };
const point = (w: number, error = 0) => ({
  parameters: { W: [w, 2 * w], b: 1 },
  gradients: { W: [w, 2 * w + error], b: 1 },
});
const points = [
  { ...point(1), name: 'start' },
  { ...point(2, 0.5), name: 'epoch 3' },
];
const document: JobDocument = { model, points };

async function file(name: string, { W, b }: { W: number[]; b: number }): Promise<string> {
  const path = join(folder, name);
  const tensors = { W: { shape: [2], values: W }, b: { shape: [], values: [b] } };
  writeFileSync(path, await writtenFile('safetensors', tensors));
  return path;
}

const withoutDuration = (report: object) =>
  JSON.parse(JSON.stringify(report, (key, value) => (key === 'durationMs' ? undefined : value)));

describe('gradcheck check of several points', () => {
  it('prints a line for each point, and what is wrong at those that do not pass', async () => {
    const { code, stdout } = await runGradcheck(['check', '-'], JSON.stringify(document));
    expect(code).toBe(1);
    expect(stdout).toContain('6 of 6 components checked: 5 passed, 1 failed, 0 inconclusive');
    expect(stdout).toMatch(/^ +1 +start +pass .* 0 of 3$/m);
    expect(stdout).toMatch(/^ +2 +epoch 3 +fail .* 1 of 3 +W$/m);
    expect(stdout).toMatch(/^point 2 \(epoch 3\)$/m);
    expect(stdout).not.toMatch(/^point 1 /m);
    expect(stdout).toMatch(/^W\[1\] +fail +4\.5 +4 +0\.5$/m);
  });

  it('checks one component at every point', async () => {
    const args = ['check', '-', '--component', 'W[1]', '--format', 'csv'];
    const { stdout } = await runGradcheck(args, JSON.stringify(document));
    const [, ...lines] = parseCsv(stdout);
    expect(lines.map(([at, parameter, , index]) => [at, parameter, index])).toEqual([
      ['1', 'W', '1'],
      ['2', 'W', '1'],
    ]);
  });

  it('has the same report from files, in this process and on a service, as the library has', async () => {
    const files = await Promise.all(
      points.flatMap(({ parameters, gradients }, i) => [
        file(`theta-${i}.safetensors`, parameters),
        file(`gradient-${i}.safetensors`, gradients),
      ]),
    );
    const options = files.flatMap((path, i) => [i % 2 === 0 ? '--parameters' : '--gradients', path]);
    const named = JSON.stringify({ model, points: [{ name: 'start' }, { name: 'epoch 3' }] });
    const { url, child } = await startService();
    onTestFinished(() => void child.kill());
    const [here, there] = await Promise.all([
      runGradcheck(['check', '-', ...options, '--format', 'json'], named),
      runGradcheck(['check', '-', ...options, '--format', 'json', '--server', url], named),
    ]);
    const expected = withoutDuration(await checkGradients(document));
    expect(withoutDuration(JSON.parse(here.stdout))).toEqual(expected);
    expect(withoutDuration(JSON.parse(there.stdout))).toEqual(expected);
  });

  it('names the faults of a point at its place, and ends with 3', async () => {
    const faulty = { model, points: [point(1), { ...point(2), gradients: { W: [1], b: 1 } }] };
    const { code, stderr } = await runGradcheck(['check', '-'], JSON.stringify(faulty));
    expect(code).toBe(3);
    expect(stderr).toContain('/points/1/gradients/W');
  });
});
