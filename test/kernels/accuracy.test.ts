import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { elementaryKernels } from './kernel-pair.ts';
import type { ElementaryName } from './plain-elementwise.ts';

const names: readonly ElementaryName[] = [
  'exp',
  'expm1',
  'log',
  'log1p',
  'tanh',
  'sigmoid',
  'softplus',
  'erf',
];
const elementary = elementaryKernels();

/** One line of a file of test/kernels/data, which reference.py describes. */
interface Point {
  readonly x: number;
  readonly result: number;
  readonly rest: number;
}

function readPoints(name: ElementaryName): Point[] {
  const text = readFileSync(new URL(`data/${name}.txt`, import.meta.url), 'utf8');
  return text.trimEnd().split('\n').map(parsePoint);
}

function parsePoint(line: string): Point {
  const [x, result, rest] = line.split(' ');
  return { x: fromBits(BigInt(`0x${x}`)), result: fromBits(BigInt(`0x${result}`)), rest: Number(rest) / 256 };
}

function fromBits(bits: bigint): number {
  return new Float64Array(BigUint64Array.of(bits).buffer)[0];
}

/** The float64s numbered from −∞ to ∞, neighbours by 1 apart. */
function ordinal(x: number): bigint {
  const bits = new BigInt64Array(Float64Array.of(x).buffer)[0];
  return bits < 0n ? -(bits & 0x7fff_ffff_ffff_ffffn) : bits;
}

/** Zeros, infinities and NaN, and any result at an infinite x, have to be met to the last bit. */
function isExact({ x, result }: Point): boolean {
  return result === 0 || !Number.isFinite(result) || !Number.isFinite(x);
}

function error(name: ElementaryName, { x, result, rest }: Point): number {
  return Math.abs(Number(ordinal(elementary(name, x)) - ordinal(result)) - rest);
}

const measured = names.map((name) => {
  const points = readPoints(name);
  const errors = points.filter((point) => !isExact(point)).map((point) => error(name, point));
  return [name, Math.max(...errors).toFixed(2), points, errors] as const;
});

it.each(measured)('%s is within 2 units in the last place: %s over the table', (name, _, points, errors) => {
  expect(errors.length).toBeGreaterThan(700);
  expect(Math.max(...errors)).toBeLessThanOrEqual(2);
  for (const point of points.filter(isExact)) {
    expect(Object.is(elementary(name, point.x), point.result), `${name}(${point.x})`).toBe(true);
  }
});

it.each(['tanh', 'erf'] as const)('%s is odd to the last bit', (name) => {
  for (const { x } of readPoints(name)) {
    expect(Object.is(elementary(name, -x), -elementary(name, x)), `${name}(${x})`).toBe(true);
  }
});
