import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { readNodeCases, withoutNodeCases } from './onnx-case-archive.ts';
import { reportOfCases } from './onnx-case-report.ts';
import { runNodeCase } from './onnx-node-case.ts';

const report = fileURLToPath(new URL('../../docs/onnx-operators.md', import.meta.url));

it.skipIf(withoutNodeCases)('no node case of the ONNX project that is taken comes out wrong', async () => {
  const outcomes = new Map(readNodeCases().map((each) => [each.name, runNodeCase(each)]));
  const of = (kind: string) => [...outcomes].filter(([, outcome]) => outcome.kind === kind);
  expect(of('failed')).toEqual([]);
  expect(of('passed').length).toBeGreaterThanOrEqual(1300);
  await expect(reportOfCases(outcomes)).toMatchFileSnapshot(report);
});
