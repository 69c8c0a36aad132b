import { describe, expect, it } from 'vitest';
import { combineVerdicts, judgeComponent, verdictRule } from '../../src/check/verdict.ts';
import { relativeError, WorstComponents } from '../../src/check/worst-components.ts';

const rule = verdictRule(1e-6, Float64Array.of(0, -2, Number.NaN, 1));

describe('the verdict of a component', () => {
  it('allows 1e-6 of the larger of the two, and 1e-6 of the largest claimed component of the job', () => {
    expect(judgeComponent(rule, 1, 1 + 2.9e-6).verdict).toBe('pass');
    expect(judgeComponent(rule, 1, 1 + 3.1e-6).verdict).toBe('fail');
    expect(judgeComponent(rule, 0, 1.9e-6).verdict).toBe('pass');
    expect(judgeComponent(rule, 0, 2.1e-6).verdict).toBe('fail');
  });

  it('states the difference that it allows', () => {
    expect(judgeComponent(rule, 1, 1).bound).toBeCloseTo(3e-6, 15);
  });

  it('passes two zeros, flagged vacuous', () => {
    expect(judgeComponent(rule, 0, 0)).toMatchObject({ verdict: 'pass', flags: ['vacuous'] });
  });

  it('fails a claimed value that is not finite where the numeric one is', () => {
    expect(judgeComponent(rule, Number.NaN, 1)).toMatchObject({ verdict: 'fail', flags: ['non-finite'] });
    expect(judgeComponent(rule, Number.POSITIVE_INFINITY, 1).verdict).toBe('fail');
  });

  it('is inconclusive where the numeric value is not finite', () => {
    expect(judgeComponent(rule, 1, Number.NaN)).toMatchObject({
      verdict: 'inconclusive',
      flags: ['non-finite'],
    });
    expect(judgeComponent(rule, Number.NaN, Number.NaN).verdict).toBe('inconclusive');
  });
});

it('a job fails if anything failed, else is inconclusive if anything is', () => {
  expect(combineVerdicts(1, 1)).toBe('fail');
  expect(combineVerdicts(0, 1)).toBe('inconclusive');
  expect(combineVerdicts(0, 0)).toBe('pass');
});

describe('the worst components', () => {
  it('are failing ones first, then inconclusive ones, then by relative error, then by number', () => {
    const worst = new WorstComponents(4);
    worst.offer({ component: 0, verdict: 'pass', relativeError: 0.9 });
    worst.offer({ component: 1, verdict: 'fail', relativeError: 0.1 });
    worst.offer({ component: 2, verdict: 'inconclusive', relativeError: 0.5 });
    worst.offer({ component: 3, verdict: 'fail', relativeError: 0.2 });
    worst.offer({ component: 4, verdict: 'fail', relativeError: 0.2 });
    expect(worst.list().map(({ component }) => component)).toEqual([3, 4, 1, 2]);
  });

  it('are the same however many are offered and in whatever order', () => {
    const all = Array.from({ length: 500 }, (_, component) => ({
      component,
      verdict: 'pass' as const,
      relativeError: (component * 37) % 101,
    }));
    const ranked = (list: typeof all) => {
      const worst = new WorstComponents(10);
      for (const each of list) worst.offer(each);
      return worst.list();
    };
    expect(ranked(all)).toEqual(ranked(all.toReversed()));
    expect(ranked(all)[0].relativeError).toBe(100);
  });

  it('count 0 against 0 as no error and anything not finite as the largest', () => {
    expect(relativeError(0, 0)).toBe(0);
    expect(relativeError(Number.NaN, 1)).toBe(Number.MAX_VALUE);
    expect(relativeError(1, 2)).toBe(0.5);
  });
});
