import { sizeOf } from '../../tensors/tensor.ts';
import { didYouMean } from '../nearest-name.ts';
import type { Emitter } from './emitter.ts';
import { Refusal } from './expression-faults.ts';
import { methodTable } from './functions/function-table.ts';
import { reverseAxes } from './functions/shaping.ts';
import { numberValue, shapeValue, type TensorValue, type Value } from './value.ts';

const attributes: ReadonlyMap<string, (emit: Emitter, x: TensorValue) => Value> = new Map<
  string,
  (emit: Emitter, x: TensorValue) => Value
>([
  ['T', reverseAxes],
  ['mT', swapLastAxes],
  ['shape', (_, x) => shapeValue(x.shape)],
  ['size', (_, x) => numberValue(sizeOf(x.shape))],
  ['ndim', (_, x) => numberValue(x.shape.length)],
]);

/**
 * `object.name` of a tensor.
 * @throws Refusal when tensors have no such attribute.
 */
export function applyAttribute(emit: Emitter, object: Value, name: string): Value {
  const attribute = attributes.get(name);
  if (attribute !== undefined) return attribute(emit, emit.tensor(object));
  if (methodTable.has(name)) throw new Refusal(`\`.${name}\` is a method: write \`.${name}(…)\``);
  throw new Refusal(
    `unknown attribute "${name}"${didYouMean(name, [...attributes.keys(), ...methodTable.keys()])}`,
  );
}

function swapLastAxes(emit: Emitter, x: TensorValue): Value {
  const rank = x.shape.length;
  if (rank < 2) throw new Refusal('`.mT` needs a tensor of at least 2 axes');
  const axes = x.shape.map((_, axis) => axis);
  return emit.transpose(x, [...axes.slice(0, -2), rank - 1, rank - 2]);
}
