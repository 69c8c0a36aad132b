import type { Outcome } from './onnx-node-case.ts';

/** What became of the node cases, as a page of the documentation. */
export function reportOfCases(outcomes: ReadonlyMap<string, Outcome>): string {
  const of = <K extends Outcome['kind']>(kind: K) =>
    [...outcomes.values()].filter((each): each is Outcome & { readonly kind: K } => each.kind === kind);
  const [passed, refused] = [of('passed'), of('refused')];
  return `# ONNX operators

What is read of ONNX, measured on the node cases of the ONNX project, version 1.22.0: a model each, and what it makes of
its inputs. Everything is computed in float64, rounded to the type of the output and compared at a relative 1e-5 (float16
and bfloat16: two roundings; one case, whose outputs were written down with four digits, at 1e-3). This page is written
by \`npx vitest run test/models/onnx-node-cases.test.ts --update\`.

| cases | |
| ---: | --- |
| ${outcomes.size} | in all |
| ${passed.length} | pass |
| ${refused.length} | are refused, by name |
| ${of('failed').length} | fail |

## Operators in cases that pass

${table('operator', count(passed.flatMap(({ operators }) => operators)))}

## Why cases are refused

${table('reason', count(refused.map(({ reason }) => reason)))}
`;
}

function count(names: readonly string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
}

function table(title: string, rows: readonly [string, number][]): string {
  const lines = rows.map(([name, cases]) => `| ${name.replaceAll('|', '\\|')} | ${cases} |`);
  return [`| ${title} | cases |`, '| --- | ---: |', ...lines].join('\n');
}
