import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatMarkdown } from '../../../src/check/report/formats/markdown.ts';
import type { ComponentReport } from '../../../src/check/report/report.ts';
import { comparisons, component, parameter, report } from '../../fixtures/reports.ts';

const wrong = (name: string, count = 1) =>
  parameter(
    name,
    [count, 5],
    Array.from(
      { length: Math.min(count, 10) },
      (_, i): ComponentReport =>
        component([i, 0], 2, 1, { reproduction: `gradcheck check job.json --component ${name}[${i},0]` }),
    ),
  );

/** The cells of every row of a table, as GitHub splits them. */
function rowsOf(markdown: string): string[][] {
  return markdown
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) => line.slice(1, -1).split(/(?<!\\)\|/));
}

describe('a report as Markdown', () => {
  it('says the verdict first, then the parameters, what is wrong first, and how to check one component again', () => {
    const markdown = formatMarkdown(report([parameter('b2', [3], []), wrong('W2', 3)]), { name: 'my job' });
    expect(markdown).toMatch(/^### ❌ Gradient check: fail – my job\n/);
    expect(markdown.indexOf('`W2`')).toBeLessThan(markdown.indexOf('`b2`'));
    expect(markdown).toContain('| `W2` | [3,5] | ❌ fail | 0.333 | 0.250 | 3 of 15 |');
    expect(markdown).toContain('| `W2[0,0]` | fail | 2 | 1 |');
    expect(markdown).toContain('To check one alone: `gradcheck check job.json --component W2[0,0]`');
  });

  it('has a column for every method that is compared', () => {
    const compared = [
      { method: 'forward', numeric: 1.25 },
      { method: 'complex-step', numeric: 'NaN' },
    ] as const;
    const W1 = { ...parameter('W1', [2], [component([1], 1, 1.5, { compared })]), compared: comparisons };
    const rows = rowsOf(formatMarkdown(report([W1], { compared: comparisons }), {}));
    expect(rows.map((cells) => cells.map((cell) => cell.trim()))).toEqual([
      expect.arrayContaining(['wrong', 'by forward', 'by complex-step']),
      new Array(8).fill('---'),
      ['`W1`', '[2]', '❌ fail', '0.333', '0.250', '1 of 2', '0.250', 'NaN'],
      ['method', 'relative difference', 'largest error', 'step'],
      new Array(4).fill('---'),
      ['forward', '0.250', '0.500', '1e-8 … 2e-6'],
      ['complex-step', 'NaN', 'NaN', '1e-20'],
      ['component', 'verdict', 'claimed', 'numeric', 'bound', 'forward', 'complex-step'],
      new Array(7).fill('---'),
      ['`W1[1]`', 'fail', '1', '1.5', '0.00000100', '1.25', 'NaN'],
    ]);
  });

  it('fits a comment of 65,536 characters, however many parameters there are and whatever they are called', () => {
    const names = Array.from({ length: 3000 }, (_, i) => `${'𝔚|`<'.repeat(60)}${i}`);
    const warnings = names.map((name) => ({ code: 'kinks' as const, message: name }));
    const markdown = formatMarkdown(
      report(
        names.map((name) => wrong(name, 10)),
        { warnings },
      ),
      {
        name: names.join(''),
      },
    );
    expect(Buffer.byteLength(markdown)).toBeLessThan(65_536);
    expect(markdown).toContain('… and 2950 more parameters.');
  });

  it('keeps its tables whole, and takes no HTML, links or mentions from names and messages', () => {
    const job = '[x](http://x.example) <img src=x> @someone **bold** `code` # head\n\n# head';
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        const warnings = [{ code: 'kinks' as const, message: `${name}${job}` }];
        const markdown = formatMarkdown(report([wrong(`${name}|${job}`, 2)], { warnings }), { name: job });
        for (const row of rowsOf(markdown)) expect([5, 6]).toContain(row.length);
        const prose = markdown.replaceAll(/`[^`\n]*`/g, '');
        expect(prose).not.toMatch(/<img|(?<!\\)\]\(|@someone|(?<!\\)\*\*bold/);
        expect(prose.split('\n').filter((line) => line.startsWith('#'))).toHaveLength(1);
      }),
    );
  });

  it('says little of a gradient that is right', () => {
    const markdown = formatMarkdown(report([parameter('W', [2], [])]), {});
    expect(markdown).toMatch(/^### ✅ Gradient check: pass\n/);
    expect(rowsOf(markdown)).toHaveLength(3);
  });
});
