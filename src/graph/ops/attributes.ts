import type { Attributes } from '../graph.ts';
import { ShapeError } from '../op.ts';

/** A list of whole numbers. @throws ShapeError when the attribute is missing or something else. */
export function numberList(attributes: Attributes, name: string): readonly number[] {
  const value = attributes[name];
  if (!Array.isArray(value) || !value.every((entry) => Number.isInteger(entry))) {
    throw new ShapeError(`the attribute ${name} must be a list of whole numbers`);
  }
  return value;
}

export function wholeNumber(attributes: Attributes, name: string): number {
  const value = attributes[name];
  if (typeof value !== 'number' || !Number.isInteger(value))
    throw new ShapeError(`the attribute ${name} must be a whole number`);
  return value;
}
