import type { BugOutcome, RightOutcome } from './outcomes.ts';

/** What the suite found, as Markdown tables. */
export function outcomeTables(right: readonly RightOutcome[], bugs: readonly BugOutcome[]): string {
  return [
    '# Verdicts on generated networks',
    '',
    'Written by `npx vitest run test/generated --update`; [verdict.md](verdict.md) says how.',
    '',
    '## Right gradients',
    '',
    ...rightTable(right),
    '',
    '## Planted bugs, by kind',
    '',
    ...bugTable('bug', bugs, ({ bug }) => bug),
    '',
    '## Planted bugs, by network',
    '',
    ...bugTable('network', bugs, ({ family }) => family),
    '',
  ].join('\n');
}

function rightTable(outcomes: readonly RightOutcome[]): string[] {
  return [
    '| gradient | networks | called wrong | undecided components where nothing is saturated |',
    '| --- | --- | --- | --- |',
    ...grouped(outcomes, ({ variant }) => variant).map(([variant, own]) => {
      const failed = own.filter(({ hasFailed }) => hasFailed).length;
      return `| ${variant} | ${own.length} | ${failed} | ${(100 * undecidedShare(own)).toFixed(2)} % |`;
    }),
  ];
}

/** The share of components that were left inconclusive, of networks in which nothing is saturated. */
export function undecidedShare(outcomes: readonly RightOutcome[]): number {
  const plain = outcomes.filter(({ isSaturated }) => !isSaturated);
  const total = (count: (outcome: RightOutcome) => number) =>
    plain.reduce((sum, outcome) => sum + count(outcome), 0);
  return total(({ inconclusive }) => inconclusive) / total(({ components }) => components);
}

function bugTable(
  title: string,
  outcomes: readonly BugOutcome[],
  keyOf: (outcome: BugOutcome) => string,
): string[] {
  return [
    `| ${title} | planted | failed | inconclusive | passed | cause named first |`,
    '| --- | --- | --- | --- | --- | --- |',
    ...grouped(outcomes, keyOf).map(([key, own]) => {
      const counts = (['fail', 'inconclusive', 'pass'] as const).map(
        (wanted) => own.filter(({ verdict }) => verdict === wanted).length,
      );
      return `| ${[key, own.length, ...counts, own.filter(({ isNamed }) => isNamed).length].join(' | ')} |`;
    }),
  ];
}

/** The outcomes of each key, the keys in the order in which they come up. */
function grouped<Outcome>(
  outcomes: readonly Outcome[],
  keyOf: (outcome: Outcome) => string,
): [string, Outcome[]][] {
  return [...new Set(outcomes.map(keyOf))].map((key) => [
    key,
    outcomes.filter((outcome) => keyOf(outcome) === key),
  ]);
}
