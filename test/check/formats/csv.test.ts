import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ComponentCsv } from '../../../src/check/report/formats/component-csv.ts';
import type { ListedComponent } from '../../../src/check/report/listed-component.ts';
import { parseCsv } from './parse-csv.ts';

const listed: ListedComponent = {
  parameter: 'W2',
  component: 35,
  index: [2, 0],
  claimed: 1.805637818029871,
  numeric: 'NaN',
  bound: 2e-6,
  verdict: 'fail',
  flags: ['kink', 'float32'],
  refined: { numeric: 0.1, step: 1e-5, bound: 3e-8 },
};

const csv = new ComponentCsv(false, []);

describe('components as CSV', () => {
  it('have a line each, with all digits', () => {
    const [head, line] = parseCsv(csv.head + csv.line(listed));
    expect(Object.fromEntries(head.map((name, i) => [name, line[i]]))).toEqual({
      parameter: 'W2',
      component: '35',
      index: '2,0',
      claimed: '1.805637818029871',
      numeric: 'NaN',
      bound: '0.000002',
      verdict: 'fail',
      flags: 'kink float32',
      refinedNumeric: '0.1',
      refinedStep: '0.00001',
      refinedBound: '3e-8',
    });
  });

  it('have a column for each method that is compared', () => {
    const compared = [
      { method: 'forward', numeric: 3.0301 },
      { method: 'complex-step', numeric: 'NaN' },
    ] as const;
    const methods = new ComponentCsv(false, ['forward', 'complex-step']);
    const [head, line] = parseCsv(methods.head + methods.line({ ...listed, compared }));
    expect(head.slice(-3)).toEqual(['refinedBound', 'forward', 'complex-step']);
    expect(line.slice(-3)).toEqual(['3e-8', '3.0301', 'NaN']);
  });

  it('come back from a reader whatever the parameter is called; one that a spreadsheet would compute has an apostrophe', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        const [[parameter, component]] = parseCsv(csv.line({ ...listed, parameter: name }));
        expect(parameter).toBe(/^[=+\-@\t\r]/.test(name) ? `'${name}` : name);
        expect(component).toBe('35');
      }),
    );
    expect(csv.line({ ...listed, parameter: '=1+1' })).toMatch(/^'=1\+1,/);
  });
});
