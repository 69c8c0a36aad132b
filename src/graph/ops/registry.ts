import { type Op, ShapeError } from '../op.ts';
import { elementwiseBinary } from './elementwise-binary.ts';
import { elementwiseUnary } from './elementwise-unary.ts';
import { matmul } from './matmul.ts';
import { movement } from './movement.ts';
import { patchProduct } from './patch-product.ts';
import { reductions } from './reductions.ts';
import { selection } from './selection.ts';
import { softmaxFamily } from './softmax.ts';
import { takeRows } from './take-rows.ts';
import { unfold } from './unfold.ts';
import { unitSlope } from './unit-slope.ts';

/** Every op there is. A new one is one file (or one entry of a family's file) and one line here. */
export const allOps: readonly Op[] = [
  ...elementwiseUnary,
  ...elementwiseBinary,
  matmul,
  ...movement,
  ...reductions,
  ...softmaxFamily,
  ...selection,
  unfold,
  patchProduct,
  takeRows,
  unitSlope,
];

const byName: ReadonlyMap<string, Op> = new Map(allOps.map((op) => [op.name, op]));

/** @throws ShapeError when there is no op of this name. */
export function findOp(name: string): Op {
  const op = byName.get(name);
  if (op === undefined) throw new ShapeError(`there is no op named ${name}`);
  return op;
}
