import { expect, it } from 'vitest';
import { meantNumber } from '../../src/models/onnx/meant-number.ts';

it.each([0, 1, -0.5, 0.01, 0.1, 1.0507, 1e-5, 1 / 3, 1 / 6, 2 / 3, -1 / 7, 0.044715, 0.7978846])(
  '%d is read out of the float32 that it was rounded to',
  (meant) => {
    expect(meantNumber(Math.fround(meant))).toBe(meant);
  },
);

it('a float32 that nothing short rounds to stays as it is', () => {
  const value = Math.fround(0.123456789);
  expect(Math.fround(meantNumber(value))).toBe(value);
  expect(meantNumber(Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
  expect(meantNumber(Number.NaN)).toBeNaN();
});
