import type { Adjoint, Adjoints } from './adjoint.ts';
import { elementwise } from './elementwise.ts';
import { movement } from './movement.ts';
import { products } from './products.ts';
import { reductions } from './reductions.ts';
import { selection } from './selection.ts';
import { softmaxFamily } from './softmax.ts';

/** A derivative by hand for every op that a model can have. */
export const adjoints: Adjoints = {
  ...elementwise,
  ...movement,
  ...reductions,
  ...softmaxFamily,
  ...selection,
  ...products,
};

export function adjointOf(op: string): Adjoint {
  const adjoint = adjoints[op];
  if (adjoint === undefined) throw new Error(`the tests know no derivative of ${op}`);
  return adjoint;
}
