import type { Method } from '../../settings.ts';
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
  readonly #methods: readonly Method[];

  /**
   * @param hasPoints whether they are of a job that has points: each then says of which it is
   * @param methods those that are compared: each has a column of its name
   */
  constructor(hasPoints: boolean, methods: readonly Method[]) {
    this.#columns = hasPoints ? columnsWithPoint : columns;
    this.#methods = methods;
  }

  /** The first line, its line end included. */
  get head(): string {
    return line([...this.#columns.map(([name]) => name), ...this.#methods]);
  }

  /** One component as a line. */
  line(component: ListedComponent): string {
    const compared = component.compared?.map(({ numeric }) => numeric) ?? [];
    return line([...this.#columns.map(([, cell]) => cell(component)), ...compared]);
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
