import type { OnnxOperator } from './operator.ts';
import { activations } from './operators/activations.ts';
import { arithmetic } from './operators/arithmetic.ts';
import { casts } from './operators/casts.ts';
import { comparison } from './operators/comparison.ts';
import { constants } from './operators/constants.ts';
import { functions } from './operators/functions.ts';
import { losses } from './operators/losses.ts';
import { products } from './operators/products.ts';
import { reductions } from './operators/reductions.ts';
import { shaping } from './operators/shaping.ts';

/** Every operator that is read, family by family. */
const families: readonly (readonly OnnxOperator[])[] = [
  constants,
  casts,
  arithmetic,
  functions,
  activations,
  comparison,
  products,
  reductions,
  shaping,
  losses,
];

/** By the name in the file. */
export const operators: ReadonlyMap<string, OnnxOperator> = new Map(
  families.flat().map((each) => [each.name, each]),
);
