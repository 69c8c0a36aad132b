import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Kink } from '../../src/check/sweep/refinement.ts';
import { precisionOf } from '../../src/check/verdict/precision.ts';
import {
  combineVerdicts,
  isClear,
  judgeComponent,
  passesPlainly,
  plainBound,
  verdictRule,
} from '../../src/check/verdict/verdict.ts';

/** A parameter whose largest numeric component is 10. */
const rule = verdictRule(precisionOf('float64', Float64Array.of(0.1), 1e-6), 10);
const float32 = verdictRule(precisionOf('float32', Float64Array.of(0.1), 1e-6), 10);

function judge(claimed: number, numeric: number, bound = 1e-9) {
  return judgeComponent(rule, { claimed, numeric, bound });
}

function atKink(claimed: number, kink: Partial<Kink>) {
  const slopes = { left: 0, right: 1, bound: 1e-8, pieces: 1, ...kink };
  const numeric = (slopes.left + slopes.right) / 2;
  const refinement = { numeric, step: 1e-8, bound: 1e-8, truncation: 0, kink: slopes };
  return judgeComponent(rule, { claimed, numeric, bound: 1e-9, crossed: true, refinement });
}

describe('the verdict on a component', () => {
  it('allows the error of the numeric value and the component tolerance of the larger of the two', () => {
    expect(judge(1, 1 + 0.9e-6, 1e-7).verdict).toBe('pass');
    expect(judge(1, 1 + 1.2e-6, 1e-7).verdict).toBe('fail');
    expect(judge(1, 1, 1e-7).bound).toBeCloseTo(1.1e-6, 15);
  });

  it('is a pass that says vacuous where both are exactly 0', () => {
    expect(judge(0, 0)).toMatchObject({ verdict: 'pass', flags: ['vacuous'] });
  });

  it('is fail for a claimed value that is not finite, inconclusive for such a numeric one', () => {
    expect(judge(Number.NaN, 1)).toMatchObject({ verdict: 'fail', flags: ['non-finite'] });
    expect(judge(Number.POSITIVE_INFINITY, 1).verdict).toBe('fail');
    expect(judge(1, Number.NaN)).toMatchObject({ verdict: 'inconclusive', flags: ['non-finite'] });
    expect(judge(Number.NaN, Number.NaN).verdict).toBe('inconclusive');
  });

  it('is open where rounding hides the component, until a second look shows how little it matters', () => {
    expect(judge(2e-9, 1e-9)).toMatchObject({ verdict: 'inconclusive', flags: ['noise-limited'] });
    const refinement = { numeric: 1e-9, step: 1e-6, bound: 1e-9, truncation: 0 };
    const looked = { claimed: 2e-9, numeric: 1e-9, bound: 1e-9, refinement };
    expect(judgeComponent(rule, looked)).toMatchObject({ verdict: 'pass', flags: ['noise-limited'] });
    const coarse = { ...looked, refinement: { ...refinement, bound: 1e-4 } };
    expect(judgeComponent(rule, coarse).verdict).toBe('inconclusive');
  });

  it('never lets a zeroed parameter hide under the noise floor', () => {
    expect(judge(0, 10).verdict).toBe('fail');
    expect(
      judgeComponent(verdictRule(precisionOf('float64', Float64Array.of(0), 1e-6), 1e-9), {
        claimed: 0,
        numeric: 1e-9,
        bound: 2e-9,
        settled: true,
      }).verdict,
    ).toBe('inconclusive');
  });

  it('concludes nothing from an error without bound', () => {
    expect(judge(1, 5, Number.POSITIVE_INFINITY).verdict).toBe('inconclusive');
  });

  it('holds a float32 gradient to float32, and leaves open what a saturated loss could have done', () => {
    const by = (error: number) =>
      judgeComponent(float32, { claimed: 0.01 + error, numeric: 0.01, bound: 1e-12 });
    expect(by(0.5e-6)).toMatchObject({ verdict: 'pass', flags: [] });
    expect(by(5e-5)).toMatchObject({ verdict: 'pass', flags: ['float32'] });
    expect(by(5e-4)).toMatchObject({ verdict: 'inconclusive', flags: ['float32'] });
    expect(by(2e-3).verdict).toBe('fail');
  });

  it('leaves open what float32 leaves of a bias whose gradient is 0, before a norm over the batch', () => {
    const ofNothing = verdictRule(precisionOf('float32', Float64Array.of(0.1), 1e-6), 0);
    const by = (roundings: number) =>
      judgeComponent(ofNothing, { claimed: roundings * 2 ** -24 * 0.1, numeric: 0, bound: 1e-12 });
    expect(by(20)).toMatchObject({ verdict: 'inconclusive', flags: ['float32'] });
    expect(by(40).verdict).toBe('fail');
  });
});

describe('at a kink', () => {
  it('any subgradient passes and says kink', () => {
    for (const claimed of [0, 0.5, 1]) {
      expect(atKink(claimed, {})).toMatchObject({ verdict: 'pass', flags: ['kink'] });
    }
  });

  it('an error that stays between the slopes is not said to be detectable', () => {
    const { bound, error } = atKink(0, {});
    expect(atKink(1, {}).verdict).toBe('pass');
    expect(bound + error).toBeGreaterThanOrEqual(1);
  });

  it('what lies beyond both slopes is wrong', () => {
    expect(atKink(2, {}).verdict).toBe('fail');
    expect(atKink(-0.1, {}).verdict).toBe('fail');
  });

  it('where slopes agree because kinks cancel, another value is inconclusive', () => {
    expect(atKink(0, { left: 1, right: 1, pieces: 2 })).toMatchObject({
      verdict: 'inconclusive',
      flags: ['kink'],
    });
    expect(atKink(1, { left: 1, right: 1, pieces: 2 }).verdict).toBe('pass');
  });

  it('where several pieces have one, a value beyond the slopes is inconclusive', () => {
    expect(atKink(2, { pieces: 2 }).verdict).toBe('inconclusive');
  });
});

it('a component is clear only when it passes by its own size', () => {
  expect(isClear(rule, { claimed: 1, numeric: 1, bound: 1e-9 })).toBe(true);
  expect(isClear(rule, { claimed: 0, numeric: 0, bound: 1e-9 })).toBe(true);
  expect(isClear(rule, { claimed: 1e-9, numeric: 1e-9, bound: 1e-9, settled: true })).toBe(false);
  expect(isClear(rule, { claimed: 2, numeric: 1, bound: 1e-9 })).toBe(false);
});

it('a component passes plainly exactly where its whole judgement is a pass that has nothing to add', () => {
  const value = fc.oneof(
    fc.double({ min: -20, max: 20, noNaN: true }),
    fc.constantFrom(0, -0, 1, 1e-9, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
  );
  const near = fc.constantFrom(0, 1e-12, 1e-9, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, Number.NaN);
  fc.assert(
    fc.property(value, near, value, near, fc.boolean(), (numeric, off, other, bound, isNear) => {
      const claimed = isNear ? numeric * (1 + off) : other;
      for (const each of [rule, float32]) {
        const judged = judgeComponent(each, { claimed, numeric, bound });
        const isPlain = judged.verdict === 'pass' && judged.flags.length === 0;
        expect(passesPlainly(each, claimed, numeric, bound)).toBe(isPlain);
        if (isPlain) expect(plainBound(each, claimed, numeric, bound)).toBe(judged.bound);
      }
    }),
    { numRuns: 500 },
  );
});

it('few values that happen to be float32 numbers are taken for exact ones', () => {
  const halves = (count: number) => new Float64Array(count).fill(0.5);
  expect(precisionOf('float64', halves(7), 1e-6).dtype).toBe('float64');
  expect(precisionOf('float64', halves(8), 1e-6).dtype).toBe('float32');
  expect(precisionOf('float64', Float64Array.from([...halves(8), 0.1]), 1e-6).dtype).toBe('float64');
});

it('verdicts combine to the worst', () => {
  expect(combineVerdicts(['pass', 'inconclusive', 'fail'])).toBe('fail');
  expect(combineVerdicts(['pass', 'inconclusive'])).toBe('inconclusive');
  expect(combineVerdicts(['pass'])).toBe('pass');
  expect(combineVerdicts([])).toBe('pass');
});
