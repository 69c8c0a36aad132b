import { describe, expect, it } from 'vitest';
import type { Warning } from '../../src/check/warnings/warning.ts';
import { formatReportTable } from '../../src/cli/report-table.ts';
import { comparisons, component, parameter, report } from '../fixtures/reports.ts';

describe('the table of a report', () => {
  it('says the verdict, the relative difference to 8 digits, the counts and what was done', () => {
    const table = formatReportTable(report([parameter('W2', [1, 2], [component([0, 1], 2, 1)])]), {
      name: 'a job',
      color: false,
    });
    expect(table.split('\n').slice(0, 4)).toEqual([
      'a job',
      'FAIL  relative difference 0.28509316, over the tolerance 1e-7',
      '2 of 2 components checked: 1 passed, 1 failed, 0 inconclusive',
      'J = 2.407833389834357; central differences, step 1e-7, weight-perturbation; 95 evaluations in 2.12 ms',
    ]);
  });

  it('has one aligned row for every parameter', () => {
    const table = formatReportTable(report([parameter('W1', [5, 4], []), parameter('bias', [5], [])]), {
      color: false,
    });
    expect(table).toContain(
      [
        'parameter  shape  verdict  relative difference  largest error   failed',
        'W1         [5,4]  pass                   0.333           0.25  0 of 20',
        'bias       [5]    pass                   0.333           0.25   0 of 5',
      ].join('\n'),
    );
  });

  it('has a column for every method that is compared, and a row of each for all parameters together', () => {
    const compared = [
      { method: 'forward', numeric: 1.25 },
      { method: 'complex-step', numeric: 'NaN' },
    ] as const;
    const W1 = {
      ...parameter('W1', [2], [component([1], 1, 1.5, { compared, flags: ['kink'] })]),
      compared: comparisons,
    };
    expect(formatReportTable(report([W1], { compared: comparisons }), { color: false })).toContain(
      [
        'parameter  shape  verdict  relative difference  largest error  failed  by forward  by complex-step',
        'W1         [2]    fail                   0.333           0.25  1 of 2        0.25              NaN',
        '',
        'beside central, which decides',
        'method        relative difference  largest error         step',
        'forward                      0.25            0.5  1e-8 … 2e-6',
        'complex-step                  NaN            NaN        1e-20',
        '',
        'the worst components',
        'component  verdict  claimed  numeric  error  forward  complex-step',
        'W1[1]      fail           1      1.5    0.5     1.25           NaN  kink',
      ].join('\n'),
    );
  });

  it('says of directions whether they agree, and what they can miss', () => {
    const directional = {
      vectors: 8,
      maxDifference: 0.5,
      bound: 1e-6,
      agreed: false,
      explained: true,
      evaluations: 64,
      canMiss: 'a single wrong component',
    };
    const found = { ...parameter('W1', [4], [component([3], 1.5, 1)]), directional };
    const agreed = { ...found, name: 'W2', directional: { ...directional, agreed: true } };
    const left = { ...found, name: 'W3', directional: { ...directional, explained: false } };
    expect(formatReportTable(report([found, agreed, left]), { color: false })).toContain(
      [
        'W1: 8 directions disagreed until the components found were taken off; can miss a single wrong component',
        'W2: 8 directions agree; can miss a single wrong component',
        'W3: 8 directions disagree; can miss a single wrong component',
      ].join('\n'),
    );
  });

  it('says why a parameter fails under its row, and once what all of them tell', () => {
    const diagnosis = {
      cause: { kind: 'scaled', factor: 2, part: 'all' },
      explained: 1,
      free: 0,
      certainty: 'fact',
      group: [],
      message: 'dW is 2 times what it should be.',
    } as const;
    const origin = { kind: 'first', parameters: ['W'], right: [], message: 'dW is the first.' } as const;
    const wrong = { ...parameter('W', [4], [component([3], 2, 1)]), diagnoses: [diagnosis] };
    const table = formatReportTable(report([wrong, parameter('b', [2], [])], { diagnosis: { origin } }), {
      color: false,
    });
    const lines = table.split('\n');
    const row = lines.findIndex((line) => line.startsWith('W  '));
    expect(lines.slice(row + 1, row + 5)).toEqual([
      '  dW is 2 times what it should be.',
      expect.stringMatching(/^b .*pass/),
      '',
      'dW is the first.',
    ]);
  });

  it('lists the components that did not pass over all parameters, the worst first', () => {
    const table = formatReportTable(
      report([
        parameter('A', [4], [component([3], 1.5, 1), component([0], 1, 1)]),
        parameter(
          'B',
          [2, 2],
          [
            component([1, 0], 0, 1, { verdict: 'inconclusive', flags: ['non-finite'] }),
            component([0, 1], -4, 1),
          ],
        ),
      ]),
      { color: false },
    );
    expect(table.slice(table.indexOf('the worst components'))).toBe(
      [
        'the worst components',
        'component  verdict       claimed  numeric  error',
        'B[0,1]     fail               -4        1      5',
        'A[3]       fail              1.5        1    0.5',
        'B[1,0]     inconclusive        0        1      1  non-finite',
        '',
      ].join('\n'),
    );
  });

  it('names a scalar parameter without an index', () => {
    const table = formatReportTable(report([parameter('theta', [], [component([], 3, 4)])]), {
      color: false,
    });
    expect(table).toMatch(/^theta {6}fail/m);
  });

  it('says how many failing components it leaves out', () => {
    const worst = Array.from({ length: 25 }, (_, i) => component([i], 2, 1));
    const table = formatReportTable(report([parameter('W', [100], worst)]), { color: false });
    expect(table.match(/^W\[\d+\] {2,}fail/gm)).toHaveLength(20);
    expect(table).toContain('and 5 more that did not pass');
  });

  it('shows the least exact components when all of them pass', () => {
    const worst = Array.from({ length: 9 }, (_, i) => component([i], 1 + i * 1e-8, 1));
    const table = formatReportTable(report([parameter('W', [9], worst)]), { color: false });
    expect(table).toContain('the least exact components');
    expect(table.match(/^W\[\d\] /gm)).toEqual(['W[8] ', 'W[7] ', 'W[6] ', 'W[5] ', 'W[4] ']);
  });

  it('puts numbers that are not finite first and writes them out', () => {
    const odd = component([0], 1, 1, { numeric: 'NaN', verdict: 'fail' });
    const table = formatReportTable(report([parameter('W', [2], [component([1], 2, 1), odd])]), {
      color: false,
    });
    expect(table.indexOf('W[0]')).toBeLessThan(table.indexOf('W[1]'));
    expect(table).toMatch(/^W\[0\] +fail +1 +NaN +NaN$/m);
  });

  it('writes small numbers with an exponent and long times in seconds', () => {
    const table = formatReportTable(
      report([parameter('W', [1], [component([0], 1.5e-5, 1.5e-5)])], {
        settings: { ...report([]).settings, epsilon: 1e-5 },
        durationMs: 12_345,
      }),
      { color: false },
    );
    expect(table).toContain('step 1e-5,');
    expect(table).toContain('evaluations in 12.3 s\n');
    expect(table).toMatch(/^W\[0\] +pass +1\.5e-5 +1\.5e-5 +0$/m);
  });

  it('says how far rounding alone can move the relative difference', () => {
    const table = formatReportTable(report([parameter('W', [2], [])]), { color: false });
    expect(table).toContain('\nrounding alone can move the relative difference by 1e-9\n');
  });

  it('prints every warning with its code', () => {
    const warnings: Warning[] = [
      { code: 'dead-components', message: '20 of 47 components do not move the cost at this point' },
    ];
    const table = formatReportTable(report([parameter('W', [2], [])], { warnings }), { color: false });
    expect(table).toContain(
      'warning: 20 of 47 components do not move the cost at this point (dead-components)\n',
    );
  });

  it('colors verdicts on request, and writes no escape otherwise, whatever the names hold', () => {
    const hostile = report([parameter('W\u001b[2J\nb', [2], [component([0], 2, 1)])]);
    const ESC = '\u001b';
    expect(formatReportTable(hostile, { name: `${ESC}]0;x\u0007`, color: false })).not.toContain(ESC);
    const colored = formatReportTable(hostile, { color: true });
    expect(colored).toContain(`${ESC}[31mFAIL`);
    expect(colored).not.toContain(`${ESC}[2J`);
  });
});
