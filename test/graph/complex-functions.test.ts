import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Complex, quotient, real } from '../../src/graph/complex/complex.ts';
import * as elementary from '../../src/graph/complex/elementary-functions.ts';
import { erf } from '../../src/graph/complex/erf.ts';
import { logSoftmax, logSumExp, softmax } from '../../src/graph/complex/exponential-lines.ts';
import { KinkWatch } from '../../src/graph/complex/kink-watch.ts';

const kinks = new KinkWatch(0);
const functions: Readonly<Record<string, (z: Complex, w: Complex) => Complex>> = {
  exp: elementary.exp,
  expm1: elementary.expm1,
  log: (z) => elementary.log(z, kinks),
  log1p: (z) => elementary.log1p(z, kinks),
  sqrt: (z) => elementary.sqrt(z, kinks),
  sin: elementary.sin,
  cos: elementary.cos,
  tanh: elementary.tanh,
  sigmoid: elementary.sigmoid,
  erf,
  softplus: elementary.softplus,
  power: (z, w) => elementary.power(z, w, kinks),
};

/** Lines of data/complex-functions.txt, which complex-functions.py beside it describes. */
function readPoints(name: string) {
  const text = readFileSync(new URL('data/complex-functions.txt', import.meta.url), 'utf8');
  return text.split('\n').flatMap((line) => {
    const [call, value] = line.split(' : ');
    const [own, ...numbers] = call.split(' ');
    if (own !== name) return [];
    const [x, y, u = 0, v = 0] = numbers.map(Number);
    const [re, im] = value.split(' ').map(Number);
    return [{ call, z: { re: x, im: y }, w: { re: u, im: v }, expected: { re, im } }];
  });
}

describe.each(Object.keys(functions))('the complex %s', (name) => {
  const points = readPoints(name);

  it('has both parts of the table computed with many digits, the smallest imaginary parts too', () => {
    expect(points.length).toBeGreaterThan(50);
    for (const { call, z, w, expected } of points) {
      const { re, im } = functions[name](z, w);
      expectClose(re, expected.re, `real part of ${call}`);
      expectClose(im, expected.im, `imaginary part of ${call}`);
    }
  });
});

function expectClose(actual: number, expected: number, what: string): void {
  expect(Math.abs(actual - expected), `${what}: ${actual}, not ${expected}`).toBeLessThanOrEqual(
    2e-15 * Math.abs(expected),
  );
}

describe('where the real function ends', () => {
  const undefinedAt: readonly [string, Complex, Complex][] = [
    ['log', { re: -2, im: 1e-20 }, real(0)],
    ['log', { re: 0, im: 1e-20 }, real(0)],
    ['log1p', { re: -1.5, im: 1e-20 }, real(0)],
    ['sqrt', { re: -2, im: 1e-20 }, real(0)],
    ['sqrt', { re: 0, im: 1e-20 }, real(0)],
    ['power', { re: -2, im: 1e-20 }, real(0.5)],
    ['power', real(-2), { re: 3, im: 1e-20 }],
    ['power', { re: 0, im: 1e-20 }, real(-1)],
  ];
  it.each(undefinedAt)('%s off the real axis at %j (and %j) has no imaginary part', (name, z, w) => {
    expect(functions[name](z, w).im).toBeNaN();
  });

  const still: readonly [string, Complex, Complex, number][] = [
    ['log', real(0), real(0), Number.NEGATIVE_INFINITY],
    ['sqrt', real(0), real(0), 0],
    ['power', real(0), { re: 2, im: 1e-20 }, 0],
    ['power', real(0), real(0), 1],
    ['exp', real(1000), real(0), Number.POSITIVE_INFINITY],
    ['power', real(-8), real(3), -512],
  ];
  it.each(still)('%s of %j (and %j), which does not move, is %d and real', (name, z, w, expected) => {
    expect(functions[name](z, w)).toEqual(real(expected));
  });

  it('the slope of a number that may have lost its digits to underflow is not told', () => {
    const small = { re: 1e-290, im: 1e-310 };
    expect(elementary.log(small, kinks)).toEqual({ re: Math.log(1e-290), im: Number.NaN });
    expect(elementary.sqrt(small, kinks).im).toBeNaN();
    expect(elementary.power(small, real(0.5), kinks).im).toBeNaN();
    expect(elementary.ratio(real(1e-290), small, kinks).im).toBeNaN();
  });
});

describe('far out', () => {
  it('tanh, sigmoid and softplus neither overflow nor lose their slope', () => {
    for (const x of [-1000, -700, 700, 1000]) {
      const z = { re: x, im: 1e-20 };
      expect(elementary.tanh(z)).toEqual({ re: Math.sign(x), im: 0 });
      expect(elementary.sigmoid(z).re).toBe(x < 0 ? Math.exp(x) : 1);
      expect(elementary.softplus(z)).toEqual(x < 0 ? { re: Math.exp(x), im: 0 } : z);
    }
  });

  it('what is finite over what has overflowed is 0', () => {
    expect(quotient({ re: 1, im: 1e-20 }, elementary.exp({ re: 800, im: 1e-20 }))).toEqual(real(0));
  });

  it.each([0, 750, -750, 1e6])('lines of exponentials shifted by %d are those unshifted', (shift) => {
    const line = [
      { re: 1, im: 1e-20 },
      { re: -0.5, im: 0 },
      { re: 2, im: -3e-20 },
    ];
    const shifted = line.map(({ re, im }) => ({ re: re + shift, im }));
    expect(softmax(shifted)).toEqual(softmax(line));
    const [total] = logSumExp(line);
    expect(logSumExp(shifted)).toEqual([{ re: expect.closeTo(total.re + shift, 9), im: total.im }]);
    expect(logSoftmax(shifted).map(({ im }) => im)).toEqual(logSoftmax(line).map(({ im }) => im));
  });

  it('the slopes of softmax, log-softmax and log-sum-exp are those of their closed forms', () => {
    const reals = [1, -0.5, 2];
    const powers = reals.map((re) => Math.exp(re));
    const total = powers.reduce((a, b) => a + b);
    const line = reals.map((re, i) => ({ re, im: i === 0 ? 1e-20 : 0 }));
    const [p, q] = [powers[0] / total, powers[2] / total];
    const slopes = (values: readonly Complex[]) => values.map(({ im }) => im / 1e-20);
    expect(slopes(logSumExp(line))[0]).toBeCloseTo(p, 15);
    expect(slopes(softmax(line))[0]).toBeCloseTo(p * (1 - p), 15);
    expect(slopes(softmax(line))[2]).toBeCloseTo(-p * q, 15);
    expect(slopes(logSoftmax(line))[0]).toBeCloseTo(1 - p, 15);
    expect(slopes(logSoftmax(line))[2]).toBeCloseTo(-p, 15);
  });
});

describe('a watch for kinks', () => {
  it('notes a number that comes to 0 within its reach, and no other', () => {
    const cases: readonly [Complex, boolean][] = [
      [{ re: 0, im: 1e-20 }, true],
      [{ re: -4e-20, im: 1e-20 }, true],
      [{ re: 6e-20, im: 1e-20 }, false],
      [{ re: 0, im: 0 }, false],
      [{ re: Number.NaN, im: 1 }, false],
    ];
    for (const [z, expected] of cases) {
      const watch = new KinkWatch(5);
      expect(watch.side(z)).toBe(Math.sign(z.re));
      expect(watch.crossed, `${z.re} + ${z.im}i`).toBe(expected);
    }
  });

  it('notes a tie of two that part, and none of two that move together', () => {
    const watch = new KinkWatch(5);
    expect(watch.compare({ re: 1, im: 2e-20 }, { re: 1, im: 2e-20 })).toBe(0);
    expect(watch.compare(real(Number.NEGATIVE_INFINITY), real(Number.NEGATIVE_INFINITY))).toBe(0);
    expect(watch.crossed).toBe(false);
    expect(watch.compare({ re: 1, im: 2e-20 }, { re: 1, im: 1e-20 })).toBe(0);
    expect(watch.crossed).toBe(true);
  });
});
