import { formatShape } from '../../../tensors/tensor.ts';
import type { Emitter } from '../emitter.ts';
import { checkIndices, takeAlong } from '../gather.ts';
import type { TensorValue } from '../value.ts';
import type { CallArguments } from './call-arguments.ts';
import { define, type FunctionDefinition } from './function-definition.ts';

/** Functions that choose among entries. */
export const selection: readonly FunctionDefinition[] = [
  define('where(condition, a, b)', 'a where the condition is not 0, else b', (args, emit) =>
    emit.apply('where', [args.tensor('condition'), args.tensor('a'), args.tensor('b')]),
  ),
  define('clip(x, min=None, max=None)', 'x, kept between two bounds', clip, { method: true }),
  define(
    'take(x, indices, axis=None)',
    'entries at the indices along an axis; of all entries without one',
    (args, emit) => {
      const x = args.tensor('x');
      const flat = args.optional('axis') === undefined;
      const line = flat ? emit.reshape(x, [x.shape.reduce((size, length) => size * length, 1)]) : x;
      const axis = flat ? 0 : args.axis('axis', x.shape);
      return takeAlong(emit, line, axis, args.tensor('indices'));
    },
    { method: true },
  ),
  define('take_along_axis(x, indices, axis)', 'one entry of each line along an axis', takeAlongAxis),
];

function clip(args: CallArguments, emit: Emitter): TensorValue {
  const low = args.optional('min');
  const high = args.optional('max');
  const raised =
    low === undefined ? args.tensor('x') : emit.apply('maximum', [args.tensor('x'), emit.tensor(low)]);
  return high === undefined ? raised : emit.apply('minimum', [raised, emit.tensor(high)]);
}

function takeAlongAxis(args: CallArguments, emit: Emitter): TensorValue {
  const x = args.tensor('x');
  const axis = args.axis('axis', x.shape);
  const indices = args.tensor('indices');
  const wanted = x.shape.with(axis, 1);
  if (formatShape(indices.shape) !== formatShape(wanted)) {
    args.refuse(
      'indices',
      `take_along_axis needs indices of shape ${formatShape(wanted)}, not ${formatShape(indices.shape)}`,
    );
  }
  const chosen = emit.reshape(
    checkIndices(emit, indices, x.shape[axis]),
    x.shape.filter((_, i) => i !== axis),
  );
  return emit.reshape(emit.apply('pick', [x, chosen], { axis }), wanted);
}
