import type { ListedComponent } from '../listed-component.ts';

type Column = readonly [name: string, cell: (component: ListedComponent) => string | number];

const columns: readonly Column[] = [
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

const columnsWithPoint: readonly Column[] = [['point', ({ point }) => point ?? ''], ...columns];

/** A list of components as CSV (RFC 4180). Numbers have all their digits; what is not finite is written as a word. */
export class ComponentCsv {
  readonly #columns: readonly Column[];

  /** @param hasPoints whether they are of a job that has points: each then says of which it is */
  constructor(hasPoints: boolean) {
    this.#columns = hasPoints ? columnsWithPoint : columns;
  }

  /** The first line, its line end included. */
  get head(): string {
    return line(this.#columns.map(([name]) => name));
  }

  /** One component as a line. */
  line(component: ListedComponent): string {
    return line(this.#columns.map(([, cell]) => cell(component)));
  }
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
