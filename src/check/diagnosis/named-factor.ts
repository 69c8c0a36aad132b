/** A factor that people are wrong by, and how it comes about. */
export interface NamedFactor {
  readonly factor: number;
  readonly name: string;
  readonly readings: readonly string[];
}

const plain: readonly NamedFactor[] = [
  { factor: 0, name: '0', readings: ['never written', 'zeroed before it was returned'] },
  { factor: -1, name: '−1', readings: ['the sign is wrong'] },
  { factor: 2, name: '2', readings: ['added twice', 'the 2 of a square not cancelled by a ½'] },
  { factor: 0.5, name: '½', readings: ['a ½ that the cost does not have'] },
  { factor: -2, name: '−2', readings: ['the sign is wrong, and a factor 2'] },
  { factor: 4, name: '4', readings: [] },
  { factor: 0.25, name: '¼', readings: [] },
];

function ofExamples(examples: number): readonly NamedFactor[] {
  return [
    {
      factor: examples,
      name: `m = ${examples}`,
      readings: ['a sum over the examples where the cost takes their mean'],
    },
    {
      factor: 1 / examples,
      name: `1/m = 1/${examples}`,
      readings: ['divided by the number of examples once too often'],
    },
    {
      factor: -examples,
      name: `−m = −${examples}`,
      readings: ['a sum where the cost takes a mean, and the sign'],
    },
    {
      factor: -1 / examples,
      name: `−1/m = −1/${examples}`,
      readings: ['divided by m too often, and the sign'],
    },
  ];
}

/** Fitted factors this near a named one are tried as that one. */
const NEAR = 1e-2;

/** The named factors near a fitted one; several when their values are the same. */
export function namedFactors(
  fitted: number,
  examples: number | undefined,
  seenElsewhere: readonly number[] = [],
): readonly NamedFactor[] {
  const all = [
    ...plain,
    ...(examples === undefined || examples === 1 ? [] : ofExamples(examples)),
    ...seenElsewhere.map((factor) => ({
      factor,
      name: formatFactor(factor),
      readings: [],
    })),
  ];
  return all.filter(({ factor }) => Math.abs(fitted - factor) <= NEAR * Math.max(Math.abs(factor), NEAR));
}

/** A number as sentences have it. */
export function formatFactor(factor: number): string {
  return String(Number(factor.toPrecision(4))).replace('-', '−');
}
