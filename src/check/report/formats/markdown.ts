import { fromJsonNumber, type JsonNumber } from '../../../tensors/json-number.ts';
import { formatShape } from '../../../tensors/tensor.ts';
import { type PointLabel, pointTitle } from '../../points/point.ts';
import { placeOf, reportParts, warningsOfPoints } from '../../points/report-parts.ts';
import type { ComponentReport, ParameterReport, Report, Verdict } from '../report.ts';
import { stepSpan } from '../step-span.ts';
import type { ReportHeading } from './report-format.ts';

const MOST_PARAMETERS = 50;
const MOST_COMPONENTS = 10;
const MOST_WARNINGS = 20;
const MOST_POINTS = 50;
/** Longer names and messages are cut: the whole must fit a comment of a code-hosting site, 65,536 characters. */
const LONGEST_NAME = 80;
const LONGEST_MESSAGE = 400;

const marks: Readonly<Record<Verdict, string>> = { fail: '❌', inconclusive: '❔', pass: '✅' };
const rank: Readonly<Record<Verdict, number>> = { fail: 0, inconclusive: 1, pass: 2 };

/** A report as Markdown for a comment: the verdict first, then what is wrong and why. Of bounded length. */
export function formatMarkdown(report: Report, { name }: ReportHeading): string {
  // A whole comment has room for one point.
  const detailed = reportParts(report).at((report.worstPoint ?? 1) - 1)?.report ?? report;
  const sections = [
    [
      `### ${marks[report.verdict]} Gradient check: ${report.verdict}${name === undefined ? '' : ` – ${plain(name)}`}`,
    ],
    [summary(report)],
    ...pointTable(report),
    causes(detailed),
    parameterTable(detailed),
    methodTable(detailed),
    componentTable(detailed),
    warnings(report),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function summary({ components, relativeDifference, settings, withinTolerance, evaluations }: Report): string {
  const { checked, total, failed, inconclusive } = components;
  const step = settings.epsilon === 'auto' ? 'automatic step' : `step ${settings.epsilon}`;
  return (
    `${failed} of ${checked} components wrong, ${inconclusive} undecided${checked < total ? ` (${total} in all)` : ''}; ` +
    `relative difference ${digits(relativeDifference)}, ${withinTolerance ? 'within' : 'over'} the tolerance ${settings.tolerance}. ` +
    `${settings.method}, ${step}, ${settings.strategy}, ${evaluations} evaluations of J.`
  );
}

/** Of a job that has points: a line for each, those that did not pass first, and which one the rest is about. */
function pointTable(report: Report): string[][] {
  if (report.points === undefined) return [];
  const ordered = report.points.toSorted((a, b) => rank[a.verdict] - rank[b.verdict]);
  const rows = ordered
    .slice(0, MOST_POINTS)
    .map((point) => [
      titleOf(point),
      `${marks[point.verdict]} ${point.verdict}`,
      digits(point.relativeDifference),
      digits(point.cost),
      `${point.components.failed} of ${point.components.checked}`,
    ]);
  const head = ['point', 'verdict', 'relative difference', 'J', 'wrong'];
  const worst = report.points.find(({ point }) => point === report.worstPoint);
  return [
    [...table(head, rows), ...unlisted(ordered.length - rows.length, 'points')],
    worst === undefined ? [] : [`At ${titleOf(worst)}${report.verdict === 'pass' ? '' : ', the worst'}:`],
  ];
}

function titleOf(point: PointLabel): string {
  return plain(cut(pointTitle(point), LONGEST_NAME));
}

/** What the parameters together tell, then each by itself. */
function causes({ parameters, diagnosis }: Report): string[] {
  const together = [diagnosis?.shared, diagnosis?.origin].flatMap((found) => found?.message ?? []);
  const own = parameters.flatMap(({ diagnoses = [] }) => diagnoses.slice(0, 1).map(({ message }) => message));
  return listed([...together, ...own], MOST_PARAMETERS);
}

function parameterTable({ parameters, compared = [] }: Report): string[] {
  const ordered = parameters.toSorted((a, b) => rank[a.verdict] - rank[b.verdict]);
  const rows = ordered
    .slice(0, MOST_PARAMETERS)
    .map((parameter) => [
      code(parameter.name),
      formatShape(parameter.shape),
      `${marks[parameter.verdict]} ${parameter.verdict}`,
      digits(parameter.relativeDifference),
      digits(parameter.maxError),
      `${parameter.components.failed} of ${parameter.components.checked}`,
      ...(parameter.compared ?? []).map(({ relativeDifference }) => digits(relativeDifference)),
    ]);
  const head = ['parameter', 'shape', 'verdict', 'relative difference', 'largest error', 'wrong'];
  for (const { method } of compared) head.push(`by ${method}`);
  return [...table(head, rows), ...unlisted(ordered.length - rows.length, 'parameters')];
}

const componentHead = ['component', 'verdict', 'claimed', 'numeric', 'bound'];

/** What the other methods give, over all parameters. */
function methodTable({ compared = [], settings }: Report): string[] {
  if (compared.length === 0) return [];
  const rows = compared.map((comparison) => [
    comparison.method,
    digits(comparison.relativeDifference),
    digits(comparison.maxError),
    stepSpan(comparison),
  ]);
  return [
    `Beside ${settings.method}, which decides:`,
    '',
    ...table(['method', 'relative difference', 'largest error', 'step'], rows),
  ];
}

function componentTable({ parameters, components, compared = [] }: Report): string[] {
  const wrong = components.failed + components.inconclusive;
  if (wrong === 0) return [];
  const ranked = parameters
    .flatMap((parameter) => parameter.worst.map((component) => ({ parameter, component })))
    .filter(({ component }) => component.verdict !== 'pass')
    .sort((a, b) => rank[a.component.verdict] - rank[b.component.verdict])
    .slice(0, MOST_COMPONENTS);
  const rows = ranked.map(({ parameter, component }) => [
    code(componentName(parameter, component)),
    component.verdict,
    String(component.claimed),
    String(component.refined?.numeric ?? component.numeric),
    digits(component.bound),
    ...(component.compared ?? []).map(({ numeric }) => String(numeric)),
  ]);
  const again = ranked.find(({ component }) => component.reproduction !== undefined)?.component.reproduction;
  return [
    ...table([...componentHead, ...compared.map(({ method }) => method)], rows),
    ...unlisted(wrong - rows.length, 'components that did not pass'),
    ...(again === undefined ? [] : ['', `To check one alone: ${code(again)}`]),
  ];
}

function componentName({ name }: ParameterReport, { index }: ComponentReport): string {
  return index.length === 0 ? name : `${name}[${index.join(',')}]`;
}

function warnings(report: Report): string[] {
  return listed(
    warningsOfPoints(report).map((warning) => `${warning.code}: ${placeOf(warning)}${warning.message}`),
    MOST_WARNINGS,
  );
}

function listed(messages: readonly string[], most: number): string[] {
  const shown = messages.slice(0, most).map((message) => `- ${plain(cut(message, LONGEST_MESSAGE))}`);
  return [...shown, ...unlisted(messages.length - shown.length, 'lines')];
}

function unlisted(count: number, what: string): string[] {
  return count > 0 ? ['', `… and ${count} more ${what}.`] : [];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [row(head), row(head.map(() => '---')), ...rows.map(row)];
}

/** Text that is not ours within a line: nothing in it is taken for Markdown or HTML, or for a mention of somebody. */
function plain(text: string): string {
  return oneLine(cut(text, LONGEST_MESSAGE))
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('@', '@\u{200B}')
    .replace(/[\\`*_[\]|~#]/g, '\\$&');
}

/** Text that is not ours as code, in a table or out of one. Backquotes would end it, bars the cell. */
function code(text: string): string {
  return `\`${oneLine(cut(text, LONGEST_NAME)).replaceAll('`', 'ˋ').replaceAll('|', '\\|')}\``;
}

function oneLine(text: string): string {
  return text.replaceAll(/\p{C}/gu, '\u{FFFD}');
}

function cut(text: string, longest: number): string {
  const characters = [...text];
  return characters.length <= longest ? text : `${characters.slice(0, longest - 1).join('')}…`;
}

function digits(value: JsonNumber): string {
  const number = fromJsonNumber(value);
  return Number.isFinite(number) ? number.toPrecision(3) : String(value);
}
