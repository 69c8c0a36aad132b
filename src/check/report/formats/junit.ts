import { fromJsonNumber } from '../../../tensors/json-number.ts';
import { formatShape } from '../../../tensors/tensor.ts';
import { pointTitle } from '../../points/point.ts';
import { reportParts } from '../../points/report-parts.ts';
import type { ComponentReport, ParameterReport, Report } from '../report.ts';
import type { ReportHeading } from './report-format.ts';

const SUITE = 'gradient check';

/**
 * A report as JUnit XML: a suite with a test case for each parameter, of a job that has points one suite for each. A
 * failing one is a `failure`, an inconclusive
 * one `skipped`, as it has not been found wrong, and CI systems show a skipped test without failing the build.
 */
export function formatJUnit(report: Report, { name = SUITE }: ReportHeading): string {
  const parts = reportParts(report);
  const parameters = parts.flatMap((part) => part.report.parameters);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name: SUITE, ...counted(parameters, report.durationMs) })}>`,
    ...parts.flatMap(({ label, report: part }) =>
      suite(part, label === undefined ? name : `${name}, ${pointTitle(label)}`),
    ),
    '</testsuites>',
    '',
  ].join('\n');
}

function suite(report: Report, name: string): string[] {
  const { parameters } = report;
  return [
    `  <testsuite${attributes({ name, ...counted(parameters, report.durationMs) })}>`,
    '    <properties>',
    ...properties(report).map((each) => `      <property${attributes(each)}/>`),
    '    </properties>',
    ...parameters.flatMap((parameter) => testCase(parameter, name)),
    ...outputOf(report).map((output) => `    <system-out>${escaped(output)}</system-out>`),
    '  </testsuite>',
  ];
}

function counted(parameters: readonly ParameterReport[], durationMs: number) {
  return {
    tests: parameters.length,
    failures: parameters.filter(({ verdict }) => verdict === 'fail').length,
    errors: 0,
    skipped: parameters.filter(({ verdict }) => verdict === 'inconclusive').length,
    time: durationMs / 1000,
  };
}

function properties(report: Report): { readonly name: string; readonly value: string | number }[] {
  const { verdict, relativeDifference, cost, settings, evaluations } = report;
  const { method, strategy, epsilon, tolerance } = settings;
  const shown = { verdict, relativeDifference, cost, method, strategy, epsilon, tolerance, evaluations };
  return Object.entries(shown).map(([name, value]) => ({ name, value }));
}

function testCase(parameter: ParameterReport, suite: string): string[] {
  const { name, shape, verdict, components } = parameter;
  const open = `    <testcase${attributes({ name: `${name} ${formatShape(shape)}`, classname: suite, time: 0 })}`;
  if (verdict === 'pass') return [`${open}/>`];
  const { failed, inconclusive, checked } = components;
  const message =
    verdict === 'fail'
      ? `${failed} of ${checked} components are wrong`
      : `${inconclusive} of ${checked} components are undecided`;
  const element = verdict === 'fail' ? 'failure' : 'skipped';
  const described: Record<string, string> = { message };
  if (verdict === 'fail') described.type = 'wrong-gradient';
  const details = escaped([...causesOf(parameter), ...componentsOf(parameter)].join('\n'));
  return [`${open}>`, `      <${element}${attributes(described)}>${details}</${element}>`, '    </testcase>'];
}

function causesOf({ diagnoses = [] }: ParameterReport): string[] {
  return diagnoses.map(({ message }) => message);
}

function componentsOf({ name, worst }: ParameterReport): string[] {
  return worst
    .filter(({ verdict }) => verdict !== 'pass')
    .flatMap((component) => [
      `${name}[${component.index.join(',')}]: claimed ${component.claimed}, numeric ${decidingValue(component)}, bound ${component.bound}`,
      ...(component.reproduction === undefined ? [] : [`  ${component.reproduction}`]),
    ]);
}

function decidingValue({ numeric, refined }: ComponentReport): number {
  return fromJsonNumber(refined?.numeric ?? numeric);
}

function outputOf({ diagnosis, warnings }: Report): string[] {
  const together = [diagnosis?.shared, diagnosis?.origin].flatMap((found) => found?.message ?? []);
  const lines = [...together, ...warnings.map(({ code, message }) => `${code}: ${message}`)];
  return lines.length === 0 ? [] : [lines.join('\n')];
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escaped(String(value)).replaceAll('\n', '&#10;')}"`)
    .join('');
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
/** Everything that an XML 1.0 document cannot hold, even escaped (https://www.w3.org/TR/xml/#charsets). */
const FORBIDDEN = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;

function escaped(text: string): string {
  return text.replace(FORBIDDEN, '\u{FFFD}').replace(/[&<>"]/g, (character) => entities[character]);
}
