import { expect, it } from 'vitest';
import { readContext } from '../../../src/check/diagnosis/read-context.ts';
import { readJob } from '../../../src/models/read-job.ts';

function contextOf(cost: string, data: object = {}) {
  const reading = readJob({
    model: { format: 'expression', cost },
    data: {
      X: [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
      ...data,
    },
    parameters: { W: [[0.5], [0.25]], b: [0.1] },
    gradients: { W: [[0], [0]], b: [0] },
  });
  if (reading.kind === 'faults') throw new Error(JSON.stringify(reading.faults));
  return readContext(reading.job);
}

const term = 'mean((X @ W + b)**2)';

it.each([
  [`${term} + 0.3 * sum(W**2)`, [{ parameter: 'W', kind: 'l2', slope: 0.6 }]],
  [`${term} + 0.5 * 0.3 * sum(W * W)`, [{ parameter: 'W', kind: 'l2', slope: 0.3 }]],
  [`${term} + 0.3 / (2 * 3) * sum(abs(W))`, [{ parameter: 'W', kind: 'l1', slope: 0.05 }]],
  [
    `${term} + sum(W**2) / 4 - 0.1 * sum(b**2)`,
    [
      { parameter: 'W', kind: 'l2', slope: 0.5 },
      { parameter: 'b', kind: 'l2', slope: -0.2 },
    ],
  ],
  [`${term} + 0.3 * mean(W**2)`, [{ parameter: 'W', kind: 'l2', slope: 0.3 }]],
  [`mean((X @ W + b)**2 + 0.3 * sum(W**2))`, [{ parameter: 'W', kind: 'l2', slope: 0.6 }]],
  [`${term} + 0.3 * sum(W**2)**2`, []],
  [term, []],
])('the penalties of %s are read from the graph', (cost, expected) => {
  const found = contextOf(cost).penalties;
  const byName = found.toSorted((a, b) => (a.parameter < b.parameter ? -1 : 1));
  expect(byName).toEqual(
    expected.map(({ slope, ...rest }) => ({ ...rest, slope: expect.closeTo(slope, 12) })),
  );
});

it("a penalty's factor may come from the data", () => {
  const { penalties } = contextOf(`${term} + lam * sum(W**2)`, { lam: 0.25 });
  expect(penalties).toEqual([{ parameter: 'W', kind: 'l2', slope: 0.5 }]);
});

it('the number of examples is the length of the axis that the layers keep apart', () => {
  expect(contextOf(term).examples).toBe(3);
  expect(contextOf('sum(W) + sum(b) + sum(X)').examples).toBeUndefined();
});
