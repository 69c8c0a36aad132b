import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { reportOfCases } from './onnx-case-report.ts';
import { type NodeCase, type Outcome, runNodeCase } from './onnx-node-case.ts';
import { readTarFiles } from './tar-files.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const archive = process.env.ONNX_NODE_CASES ?? `${root}../shared/cases/onnx-node-v1.22.0.tar.gz`;
const report = `${root}docs/onnx-operators.md`;

it.skipIf(!existsSync(archive) && process.env.REQUIRE_ALL !== '1')(
  'no node case of the ONNX project that is taken comes out wrong',
  async () => {
    const outcomes = new Map(readNodeCases().map((each) => [each.name, runNodeCase(each)]));
    const failed = [...outcomes].filter(([, { kind }]) => kind === 'failed');
    expect(failed).toEqual([]);
    expect(passed(outcomes)).toBeGreaterThanOrEqual(300);
    await expect(reportOfCases(outcomes)).toMatchFileSnapshot(report);
  },
);

function passed(outcomes: ReadonlyMap<string, Outcome>): number {
  return [...outcomes.values()].filter(({ kind }) => kind === 'passed').length;
}

function readNodeCases(): NodeCase[] {
  const files = readTarFiles(archive);
  return [...files]
    .filter(([path]) => path.endsWith('/model.onnx'))
    .map(([path, model]) => {
      const folder = path.slice(0, -'/model.onnx'.length);
      const list = (kind: string) => listed((i) => files.get(`${folder}/test_data_set_0/${kind}_${i}.pb`));
      return {
        name: folder.slice(folder.lastIndexOf('/') + 1),
        model,
        inputs: list('input'),
        outputs: list('output'),
      };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The first of a numbered list up to where there are no more. */
function listed<T>(at: (i: number) => T | undefined): T[] {
  const first = at(0);
  return first === undefined ? [] : [first, ...listed((i) => at(i + 1))];
}
