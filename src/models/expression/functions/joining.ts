import type { Emitter } from '../emitter.ts';
import { isConstant } from '../sequences.ts';
import type { TensorValue, Value } from '../value.ts';
import type { CallArguments } from './call-arguments.ts';
import { define, type FunctionDefinition } from './function-definition.ts';

/** Functions that join tensors. */
export const joining: readonly FunctionDefinition[] = [
  define(
    'concatenate(tensors, axis=0)',
    'tensors joined along an axis they have',
    (args, emit) => {
      const tensors = tensorsOf(args, emit);
      return emit.apply('concat', tensors, { axis: args.axis('axis', tensors[0].shape, 0) });
    },
    { aliases: ['concat'] },
  ),
  define('stack(tensors, axis=0)', 'tensors of one shape joined along a new axis', (args, emit) => {
    const tensors = tensorsOf(args, emit);
    return stack(emit, tensors, args.axis('axis', [1, ...tensors[0].shape], 0));
  }),
  define('vstack(tensors)', 'tensors joined below each other; vectors are rows', (args, emit) => {
    const rows = tensorsOf(args, emit).map((x) =>
      x.shape.length < 2 ? emit.reshape(x, [1, ...lineOf(x)]) : x,
    );
    return emit.apply('concat', rows, { axis: 0 });
  }),
  define('hstack(tensors)', 'tensors joined side by side', (args, emit) => {
    const parts = tensorsOf(args, emit).map((x) => emit.reshape(x, lineOf(x)));
    return emit.apply('concat', parts, { axis: parts[0].shape.length === 1 ? 0 : 1 });
  }),
  define(
    'array(values, dtype=float)',
    'nested lists as a tensor',
    (args, emit) => {
      const type = args.optional('dtype');
      if (type !== undefined && type.kind !== 'dtype')
        args.refuse('dtype', '`dtype` must be float, int or bool');
      return toArray(emit, args.value('values'));
    },
    { aliases: ['asarray'] },
  ),
];

function tensorsOf(args: CallArguments, emit: Emitter): TensorValue[] {
  const { items } = args.sequence('tensors');
  if (items.length === 0) args.refuse('tensors', 'there is nothing to join');
  return items.map((item) => emit.tensor(item));
}

/** A scalar as a vector of one entry. */
function lineOf(x: TensorValue): readonly number[] {
  return x.shape.length === 0 ? [1] : x.shape;
}

function stack(emit: Emitter, tensors: readonly TensorValue[], axis: number): TensorValue {
  const parts = tensors.map((x) => emit.reshape(x, x.shape.toSpliced(axis, 0, 1)));
  return emit.apply('concat', parts, { axis });
}

function toArray(emit: Emitter, value: Value): TensorValue {
  if (value.kind !== 'sequence' || isConstant(value)) return emit.tensor(value);
  return stack(
    emit,
    value.items.map((item) => toArray(emit, item)),
    0,
  );
}
