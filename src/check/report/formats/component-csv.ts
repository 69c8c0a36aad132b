import type { Method } from '../../settings.ts';
import type { ListedComponent } from '../listed-component.ts';

const columns: readonly (readonly [name: string, cell: (component: ListedComponent) => string | number])[] = [
  ['parameter', ({ parameter }) => text(parameter)],
  ['component', ({ component }) => component],
  ['index', ({ index }) => text(index.join(','))],
  ['claimed', ({ claimed }) => claimed],
  ['numeric', ({ numeric }) => numeric],
  ['bound', ({ bound }) => bound],
  ['verdict', ({ verdict }) => verdict],
  ['flags', ({ flags }) => flags.join(' ')],
  ['refinedNumeric', ({ refined }) => refined?.numeric ?? ''],
  ['refinedStep', ({ refined }) => refined?.step ?? ''],
  ['refinedBound', ({ refined }) => refined?.bound ?? ''],
];

/**
 * The first line of a list of components, its line end included.
 * @param methods those that are compared: each has a column of its name
 */
export function csvHead(methods: readonly Method[]): string {
  return line([...columns.map(([name]) => name), ...methods]);
}

/** One component as a line of CSV (RFC 4180). Numbers have all their digits; what is not finite is written as a word. */
export function csvLine(component: ListedComponent): string {
  const compared = component.compared?.map(({ numeric }) => numeric) ?? [];
  return line([...columns.map(([, cell]) => cell(component)), ...compared]);
}

function line(cells: readonly (string | number)[]): string {
  return `${cells.join(',')}\r\n`;
}

/** A spreadsheet takes a cell that begins so for a formula and computes it: an apostrophe before it has it shown. */
const FORMULA = /^[=+\-@\t\r]/;

function text(value: string): string {
  const shown = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(shown) ? `"${shown.replaceAll('"', '""')}"` : shown;
}
