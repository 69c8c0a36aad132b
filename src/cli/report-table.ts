import { placeOf, reportParts, warningsOfPoints } from '../check/points/report-parts.ts';
import type { ComponentReport, ParameterReport, Report, Verdict } from '../check/report/report.ts';
import { stepSpan } from '../check/report/step-span.ts';
import { fromJsonNumber } from '../tensors/json-number.ts';
import { formatShape } from '../tensors/tensor.ts';
import { type Alignment, alignColumns } from './align-columns.ts';
import { detailedPoints, pointLines } from './point-lines.ts';
import { colored, digits, printable } from './table-text.ts';

/** How many components the table lists by name: those not passed, or when all pass the least exact. */
const MOST_LISTED = 20;
const MOST_LISTED_WHEN_PASSED = 5;

const verdictRank: Record<Verdict, number> = { fail: 0, inconclusive: 1, pass: 2 };

export interface TableOptions {
  /** The job's name, if it has one. */
  readonly name?: string;
  /** Whether to write ANSI colours. */
  readonly color: boolean;
}

/** A report as text for a terminal, ending in a line feed. */
export function formatReportTable(report: Report, options: TableOptions): string {
  const sections = [
    [...(options.name === undefined ? [] : [printable(options.name)]), ...headline(report, options.color)],
    ...(report.points === undefined
      ? findingLines(report, options.color)
      : pointSections(report, options.color)),
    warningsOfPoints(report).map(
      (warning) => `warning: ${placeOf(warning)}${printable(warning.message)} (${warning.code})`,
    ),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map((line) => line.trimEnd()).join('\n'))
    .join('\n\n')}\n`;
}

/** What was found of the parameters and components. */
function findingLines(report: Report, color: boolean): string[][] {
  return [
    parameterLines(report, color),
    methodLines(report),
    directionLines(report),
    diagnosisLines(report),
    componentLines(report),
  ];
}

/** All points of a job, and then of those that did not pass what was found at each. */
function pointSections(report: Report, color: boolean): string[][] {
  const { shown, left } = detailedPoints(reportParts(report));
  return [
    pointLines(report, color),
    ...shown.flatMap(({ title, report: part }) => [[title], ...findingLines(part, color)]),
    left === 0 ? [] : [`and ${left} more points that did not pass`],
  ];
}

function headline(report: Report, color: boolean): string[] {
  const { components, settings } = report;
  const within = report.withinTolerance ? 'within' : 'over';
  const vacuous = components.vacuous === 0 ? '' : ` (${components.vacuous} of them vacuous)`;
  const step = settings.epsilon === 'auto' ? 'automatic step' : `step ${digits(settings.epsilon, 17)}`;
  // As a warning it says the same.
  const isNoiseWarnedOf = report.warnings.some(({ code }) => code === 'tolerance-below-noise');
  const isDifference = settings.method !== 'complex-step';
  return [
    `${colored(report.verdict.toUpperCase(), report.verdict, color)}  relative difference ${digits(report.relativeDifference, 8)}, ` +
      `${within} the tolerance ${settings.tolerance}`,
    `${components.checked} of ${components.total} components checked${settings.strategy === 'directional' ? ' by themselves' : ''}: ${components.passed} passed${vacuous}, ` +
      `${components.failed} failed, ${components.inconclusive} inconclusive`,
    `${report.points === undefined ? `J = ${report.cost}; ` : ''}${settings.method}${isDifference ? ' differences' : ''}, ${step}, ${settings.strategy}; ` +
      `${report.evaluations} evaluations in ${duration(report.durationMs)}`,
    ...(isNoiseWarnedOf || report.points !== undefined ? [] : [report.noise.explanation]),
  ];
}

function parameterLines(report: Report, color: boolean): string[] {
  const methods = comparedMethods(report);
  const head = ['parameter', 'shape', 'verdict', 'relative difference', 'largest error', 'failed'];
  const alignments: Alignment[] = ['left', 'left', 'left', 'right', 'right', 'right', ...columnsOf(methods)];
  const rows = report.parameters.map((parameter) => [
    printable(parameter.name),
    formatShape(parameter.shape),
    parameter.verdict,
    digits(parameter.relativeDifference, 3),
    digits(parameter.maxError, 3),
    `${parameter.components.failed} of ${parameter.components.checked}`,
    ...(parameter.compared ?? []).map(({ relativeDifference }) => digits(relativeDifference, 3)),
  ]);
  const [first, ...rest] = alignColumns(
    [[...head, ...methods.map((method) => `by ${method}`)], ...rows],
    alignments,
  );
  return [
    first.join('  '),
    ...rest.flatMap((cells, row) => {
      const { verdict, diagnoses = [] } = report.parameters[row];
      const line = cells.with(2, colored(cells[2], verdict, color)).join('  ');
      return [line, ...diagnoses.map(({ message }) => `  ${printable(message)}`)];
    }),
  ];
}

/** What the other methods give, over all parameters. */
function methodLines({ compared = [], settings }: Report): string[] {
  if (compared.length === 0) return [];
  const head = ['method', 'relative difference', 'largest error', 'step'];
  const rows = compared.map((comparison) => [
    comparison.method,
    digits(comparison.relativeDifference, 3),
    digits(comparison.maxError, 3),
    stepSpan(comparison),
  ]);
  return [
    `beside ${settings.method}, which decides`,
    ...alignColumns([head, ...rows], ['left', 'right', 'right', 'right']).map((cells) => cells.join('  ')),
  ];
}

function comparedMethods({ compared = [] }: Report): string[] {
  return compared.map(({ method }) => method);
}

function columnsOf(methods: readonly string[]): Alignment[] {
  return methods.map(() => 'right');
}

/** Of the parameters that were not checked component by component. */
function directionLines({ parameters }: Report): string[] {
  return parameters.flatMap(({ name, directional }) => {
    if (directional === undefined) return [];
    const { vectors, agreed, explained, canMiss } = directional;
    const found = explained ? 'disagreed until the components found were taken off' : 'disagree';
    return `${printable(name)}: ${vectors} directions ${agreed ? 'agree' : found}; can miss ${canMiss}`;
  });
}

/** What the parameters together tell. */
function diagnosisLines({ diagnosis }: Report): string[] {
  return [diagnosis?.shared, diagnosis?.origin].flatMap((found) =>
    found === undefined ? [] : [printable(found.message)],
  );
}

function componentLines(report: Report): string[] {
  const notPassed = report.components.failed + report.components.inconclusive;
  const listed = rankedComponents(report.parameters)
    .filter(({ component }) => notPassed === 0 || component.verdict !== 'pass')
    .slice(0, notPassed === 0 ? MOST_LISTED_WHEN_PASSED : MOST_LISTED);
  if (listed.length === 0) return [];
  const methods = comparedMethods(report);
  const head = ['component', 'verdict', 'claimed', 'numeric', 'error', ...methods, ''];
  const alignments: Alignment[] = ['left', 'left', 'right', 'right', 'right', ...columnsOf(methods), 'left'];
  const rows = listed.map(({ parameter, component }) => [
    `${printable(parameter.name)}${component.index.length === 0 ? '' : formatShape(component.index)}`,
    component.verdict,
    digits(component.claimed, 10),
    digits(component.numeric, 10),
    digits(errorOf(component), 3),
    ...(component.compared ?? []).map(({ numeric }) => digits(numeric, 10)),
    component.flags.join(', '),
  ]);
  const lines = alignColumns([head, ...rows], alignments).map((cells) => cells.join('  '));
  const title = notPassed === 0 ? 'the least exact components' : 'the worst components';
  const unlisted = notPassed - listed.length;
  const again = listed.find(({ component }) => component.reproduction !== undefined)?.component.reproduction;
  return [
    title,
    ...lines,
    ...(unlisted > 0 ? [`and ${unlisted} more that did not pass`] : []),
    ...(again === undefined ? [] : [`to check one alone: ${printable(again)}`]),
  ];
}

/** The components that the report lists, failing ones first, then by relative error. */
function rankedComponents(
  parameters: readonly ParameterReport[],
): { parameter: ParameterReport; component: ComponentReport }[] {
  return parameters
    .flatMap((parameter) => parameter.worst.map((component) => ({ parameter, component })))
    .sort(
      (a, b) =>
        verdictRank[a.component.verdict] - verdictRank[b.component.verdict] ||
        relativeErrorOf(b.component) - relativeErrorOf(a.component),
    );
}

function errorOf({ claimed, numeric }: ComponentReport): number {
  return Math.abs(fromJsonNumber(claimed) - fromJsonNumber(numeric));
}

/** |claimed − numeric| / max(|claimed|, |numeric|), with the largest number for what has no such ratio. */
function relativeErrorOf(component: ComponentReport): number {
  const error = errorOf(component);
  if (error === 0) return 0;
  const ratio =
    error /
    Math.max(Math.abs(fromJsonNumber(component.claimed)), Math.abs(fromJsonNumber(component.numeric)));
  return Number.isFinite(ratio) ? ratio : Number.MAX_VALUE;
}

function duration(milliseconds: number): string {
  return milliseconds < 1000 ? `${digits(milliseconds, 3)} ms` : `${digits(milliseconds / 1000, 3)} s`;
}
