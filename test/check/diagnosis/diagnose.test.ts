import { describe, expect, it } from 'vitest';
import { diagnose } from '../../../src/check/diagnosis/diagnose.ts';
import type { DiagnosedParameter } from '../../../src/check/diagnosis/diagnosed-parameter.ts';
import type { DiagnosisContext } from '../../../src/check/diagnosis/diagnosis-context.ts';
import { diagnosed, noContext, randomValues } from './one-parameter.ts';

function first(parameter: DiagnosedParameter, context: DiagnosisContext = noContext) {
  return diagnose([parameter], context).parameters.get(parameter.name)?.[0];
}

describe('a scaled gradient', () => {
  it('is given the factor, exactly where it is one that people are wrong by', () => {
    const twice = first(diagnosed([4, 5], (numeric) => numeric.map((value) => 2 * value + 1e-9)));
    expect(twice).toMatchObject({
      cause: { kind: 'scaled', factor: 2, part: 'all' },
      certainty: 'fact',
      free: 0,
    });
    const odd = first(diagnosed([4, 5], (numeric) => numeric.map((value) => 2.3 * value)));
    expect(odd).toMatchObject({
      cause: { kind: 'scaled' },
      free: 1,
      message: 'dW is 2.3 times what it should be.',
    });
  });

  it('is told both ways where the number of examples is 2', () => {
    const found = first(
      diagnosed([4, 5], (numeric) => numeric.map((value) => 2 * value)),
      { ...noContext, examples: 2 },
    );
    expect(found?.group).toContain('added twice');
    expect(found?.group).toContain('a sum over the examples where the cost takes their mean');
  });

  it('says that zeros were perhaps never written, and that −1 is the sign', () => {
    const zero = first(diagnosed([4, 5], (numeric) => numeric.map(() => 0)));
    expect(zero?.message).toBe(
      'dW is 0 where it should not be (never written, or zeroed before it was returned).',
    );
    const minus = first(diagnosed([4, 5], (numeric) => numeric.map((value) => -value)));
    expect(minus).toMatchObject({ cause: { factor: -1 }, group: ['the sign is wrong'] });
    expect(minus?.message).toBe('dW is −1 times what it should be (the sign is wrong).');
  });

  it('of one component is told by a known factor, but not by a fitted one', () => {
    expect(first(diagnosed([], ([value]) => [-value]))).toMatchObject({
      cause: { kind: 'scaled', factor: -1 },
    });
    expect(first(diagnosed([], ([value]) => [1.7 * value]))).toBeUndefined();
  });

  it('takes a factor that is odd from another parameter, where its own components are too few', () => {
    const weight = diagnosed([4, 5], (numeric) => numeric.map((value) => 1.7 * value));
    const bias = diagnosed([2], (numeric) => numeric.map((value) => 1.7 * value), { name: 'b', seed: 2 });
    const { parameters, shared } = diagnose([weight, bias], noContext);
    expect(parameters.get('b')?.[0]).toMatchObject({ cause: { kind: 'scaled' }, certainty: 'fact' });
    expect(shared).toMatchObject({ parameters: ['W', 'b'], cause: { kind: 'scaled' } });
    expect(shared?.message).toContain('dW, db are all 1.7 times what they should be');
  });
});

describe('ranking', () => {
  it('prefers the simpler of two causes that explain all', () => {
    // Only row 0 has a gradient at all: "row 0 is wrong" explains as much, with more numbers.
    const numeric = randomValues(20).map((value, i) => (i < 5 ? value : 0));
    const found = first(diagnosed([4, 5], (own) => own.map((value) => 3 * value), { numeric }));
    expect(found).toMatchObject({ cause: { kind: 'scaled' }, certainty: 'fact' });
  });

  it('takes a cause with more numbers where the simpler one leaves something unexplained', () => {
    const found = first(
      diagnosed([4, 5], (numeric) => numeric.map((value, i) => (i < 5 ? 3 * value : value))),
    );
    expect(found).toMatchObject({
      cause: { kind: 'confined', slices: [{ axis: 0, indices: [0] }] },
      free: 2,
    });
    expect(found?.message).toBe('only row 0 of dW is wrong: 3 times what it should be.');
  });

  it('groups causes that the numbers cannot tell apart', () => {
    const found = first(diagnosed([2, 2], ([a, b, c, d]) => [b, a, d, c]));
    expect(found?.cause.kind).toBe('shifted');
    expect(found?.group).toContain('the columns of dW are in the opposite order');
  });

  it('calls what explains less than 99 % a hint, and says how much', () => {
    const noise = randomValues(20, 7);
    const found = first(
      diagnosed([4, 5], (numeric) => numeric.map((value, i) => 3 * value + 0.25 * noise[i])),
    );
    expect(found).toMatchObject({ cause: { kind: 'scaled' }, certainty: 'hint' });
    expect(found?.explained).toBeLessThan(0.99);
    expect(found?.message).toMatch(/^Perhaps dW is .* that explains \d+(\.\d)? % of the difference/);
  });

  it('needs more than three components for each number it fits', () => {
    const claim = (numeric: Float64Array) => numeric.map((value) => value + 0.25);
    expect(first(diagnosed([3], claim))).toBeUndefined();
    expect(first(diagnosed([5], claim))).toMatchObject({ cause: { kind: 'offset' } });
  });

  it('counts what is left within the bounds as explained', () => {
    const noise = randomValues(20, 9);
    const found = first(
      diagnosed([4, 5], (numeric) => numeric.map((value, i) => 2 * value + 9e-4 * noise[i]), { bound: 1e-3 }),
    );
    expect(found).toMatchObject({ cause: { factor: 2 }, explained: 1 });
  });
});

describe('components that tell nothing', () => {
  it('are left out where they were not checked', () => {
    const numeric = randomValues(40).map((value, i) => (i % 2 === 0 ? value : Number.NaN));
    const found = first(
      diagnosed([4, 10], (own) => own.map((value) => (Number.isNaN(value) ? 5 : -value)), { numeric }),
    );
    expect(found).toMatchObject({ cause: { factor: -1 }, certainty: 'fact' });
  });

  it('are named where the claimed value is not finite, beside the cause of the others', () => {
    const parameter = diagnosed([4, 5], (numeric) =>
      numeric.map((value, i) => (i === 3 ? Number.NaN : 2 * value)),
    );
    const found = diagnose([parameter], noContext).parameters.get('W');
    expect(found?.map(({ cause }) => cause)).toMatchObject([
      { kind: 'not-finite', components: 1 },
      { kind: 'scaled', factor: 2 },
    ]);
    expect(found?.[0].certainty).toBe('hint');
  });

  it('neither help nor hurt where they are undecided', () => {
    const parameter = diagnosed([4, 5], (numeric) => numeric.map((value, i) => (i === 0 ? 99 : 2 * value)));
    parameter.failed[0] = 0;
    expect(first(parameter)).toMatchObject({ cause: { factor: 2 }, explained: 1 });
  });
});

describe('a parameter that is wrong in some places', () => {
  it('is told by a block of it', () => {
    const found = first(
      diagnosed([8, 6], (numeric) => numeric.map((value, i) => (i < 24 && i % 6 < 2 ? 0 : value))),
    );
    expect(found?.cause).toEqual({
      kind: 'confined',
      factor: 0,
      slices: [
        { axis: 0, indices: [0, 1, 2, 3] },
        { axis: 1, indices: [0, 1] },
      ],
    });
    expect(found?.message).toBe('only columns 0–1 in rows 0–3 of dW are wrong: all is 0 there.');
  });

  it('is told by the output channel of a kernel', () => {
    const found = first(
      diagnosed([4, 3, 3, 3], (numeric) =>
        numeric.map((value, i) => (Math.floor(i / 27) === 2 ? -value : value)),
      ),
    );
    expect(found?.cause).toMatchObject({ kind: 'confined', slices: [{ axis: 0, indices: [2] }], factor: -1 });
  });

  it('is told by its components, if they are few', () => {
    const found = first(
      diagnosed([6, 6], (numeric) => numeric.map((value, i) => (i === 7 || i === 22 ? value + 1 : value))),
    );
    expect(found).toMatchObject({
      cause: {
        kind: 'components',
        indices: [
          [1, 1],
          [3, 4],
        ],
      },
      free: 4,
    });
  });
});

describe('numbers in wrong places', () => {
  it('a kernel turned by 180° is told', () => {
    const found = first(
      diagnosed([2, 2, 3, 3], (numeric) => numeric.map((_, i) => numeric[i - (i % 9) + (8 - (i % 9))])),
    );
    expect(found).toMatchObject({ cause: { kind: 'reversed', axes: [2, 3] }, certainty: 'fact' });
  });

  it('a kernel with height and width exchanged is told', () => {
    const found = first(
      diagnosed([2, 2, 3, 3], (numeric) =>
        numeric.map((_, i) => numeric[i - (i % 9) + (i % 3) * 3 + Math.floor((i % 9) / 3)]),
      ),
    );
    expect(found?.cause).toEqual({ kind: 'transposed', axes: [2, 3] });
  });

  it('a matrix read as its transpose is told in both directions', () => {
    const [rows, columns] = [3, 5];
    const written = first(
      diagnosed([rows, columns], (numeric) =>
        numeric.map((_, k) => numeric[(k % rows) * columns + Math.floor(k / rows)]),
      ),
    );
    const read = first(
      diagnosed([rows, columns], (numeric) =>
        numeric.map((_, k) => numeric[(k % columns) * rows + Math.floor(k / columns)]),
      ),
    );
    expect([written?.cause.kind, read?.cause.kind]).toEqual(['memory-order', 'memory-order']);
  });

  it("another parameter's gradient is told, swapped or copied", () => {
    const [a, b] = [randomValues(12, 1), randomValues(12, 2)];
    const swapped = diagnose(
      [
        diagnosed([3, 4], () => b, { name: 'A', numeric: a }),
        diagnosed([3, 4], () => a, { name: 'B', numeric: b }),
      ],
      noContext,
    );
    expect(swapped.parameters.get('A')?.[0].cause).toEqual({ kind: 'swapped', with: 'B', mutual: true });
    const copied = diagnose(
      [
        diagnosed([3, 4], () => b, { name: 'A', numeric: a }),
        diagnosed([3, 4], () => b, { name: 'B', numeric: b }),
      ],
      noContext,
    );
    expect(copied.parameters.get('A')?.[0].message).toBe('what is given as dA is the gradient of B.');
  });
});

describe('a penalty', () => {
  const slope = 0.4;
  const l1: DiagnosisContext = { ...noContext, penalties: [{ parameter: 'W', kind: 'l1', slope }] };

  it('is told as missing, as l1', () => {
    const found = first(
      diagnosed([4, 5], (numeric, theta) => numeric.map((value, i) => value - slope * Math.sign(theta[i]))),
      l1,
    );
    expect(found).toMatchObject({
      cause: { kind: 'penalty', penalty: 'l1', mistake: 'missing', factor: 0 },
      message: 'the l1 term of dW is missing.',
    });
  });

  it('is told as not wanted where the cost has none, with its coefficient', () => {
    const found = first(
      diagnosed([4, 5], (numeric, theta) => numeric.map((value, i) => value + 0.7 * theta[i])),
    );
    expect(found).toMatchObject({ cause: { kind: 'penalty', penalty: 'l2', mistake: 'extra' }, free: 1 });
    expect(found?.message).toContain('0.7·W');
  });
});

it('numbers rounded to a short format are told apart from each other', () => {
  const to = (bits: number) => (value: number) => {
    const unit = 2 ** (Math.floor(Math.log2(Math.abs(value))) - bits);
    return Math.round(value / unit) * unit;
  };
  const kinds = [to(10), to(7), (value: number) => Number(value.toFixed(3)), Math.fround].map(
    (round) => first(diagnosed([4, 5], (numeric) => numeric.map(round), { bound: 1e-10 }))?.cause,
  );
  expect(kinds).toEqual([
    { kind: 'rounded', to: 'float16' },
    { kind: 'rounded', to: 'bfloat16' },
    { kind: 'rounded', to: 'decimals', digits: 3 },
    { kind: 'rounded', to: 'float32' },
  ]);
});

describe('a gradient that was printed with few decimals', () => {
  const round = (numeric: Float64Array) => numeric.map((value) => Number(value.toFixed(3)));
  const parameters = [
    diagnosed([4, 5], round, { bound: 1e-10 }),
    diagnosed([2], round, { name: 'b', seed: 2, bound: 1e-10 }),
    diagnosed([], ([value]) => [Number(value.toFixed(3))], { name: 'c', seed: 4, bound: 1e-10 }),
  ];
  const steps = parameters.map(({ name }) => ({
    parameters: [name],
    behind: [],
    source: `layer of ${name}`,
  }));

  it('is told of parameters that are too small to tell it themselves', () => {
    const { parameters: found, shared } = diagnose(parameters, noContext);
    for (const name of ['W', 'b', 'c'])
      expect(found.get(name)?.[0], name).toMatchObject({
        cause: { kind: 'rounded', to: 'decimals' },
        certainty: 'fact',
      });
    expect(shared?.message).toBe(
      'dW, db, dc are all rounded in the same way: look at how they were written.',
    );
    expect(diagnose(parameters.slice(2), noContext).parameters.get('c')).toEqual([]);
  });

  it('is not said to go wrong on the way back through the layers', () => {
    expect(diagnose(parameters, { ...noContext, steps }).origin).toBeUndefined();
    const doubled = parameters.map((each) => ({ ...each, claimed: each.numeric.map((value) => 2 * value) }));
    expect(diagnose(doubled, { ...noContext, steps }).origin).toMatchObject({ kind: 'passed-back' });
  });
});
