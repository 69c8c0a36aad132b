import { formatShape, type Shape, sizeOf } from '../../../tensors/tensor.ts';
import type { Emitter } from '../emitter.ts';
import { shapeValue, type TensorValue } from '../value.ts';
import type { CallArguments } from './call-arguments.ts';
import { define, type FunctionDefinition } from './function-definition.ts';

/** Functions that lay the same entries out anew. */
export const shaping: readonly FunctionDefinition[] = [
  define(
    'reshape(x, *shape)',
    'the entries in row-major order in another shape; one length may be -1',
    reshape,
    {
      method: true,
    },
  ),
  define('transpose(x, *axes)', 'axes in another order; reversed when none are given', transposed, {
    method: true,
    aliases: ['permute_dims'],
  }),
  define(
    'swapaxes(x, axis1, axis2)',
    'two axes exchanged',
    (args, emit) => {
      const x = args.tensor('x');
      const first = args.axis('axis1', x.shape);
      const second = args.axis('axis2', x.shape);
      const order = x.shape.map((_, axis) => (axis === first ? second : axis === second ? first : axis));
      return emit.transpose(x, order);
    },
    { method: true },
  ),
  define(
    'ravel(x)',
    'all entries in one axis',
    (args, emit) => {
      const x = args.tensor('x');
      return emit.reshape(x, [sizeOf(x.shape)]);
    },
    { method: true, aliases: ['flatten'] },
  ),
  define('squeeze(x, axis=None)', 'without axes of length 1', squeeze, { method: true }),
  define('expand_dims(x, axis)', 'with a new axis of length 1', (args, emit) => {
    const x = args.tensor('x');
    const axis = args.axis('axis', [1, ...x.shape]);
    return emit.reshape(x, x.shape.toSpliced(axis, 0, 1));
  }),
  define('broadcast_to(x, shape)', 'repeated to a shape by the rules of broadcasting', (args, emit) =>
    emit.broadcastTo(args.tensor('x'), args.shape('shape')),
  ),
  define('len(x)', 'the length of the first axis, as a constant', (args) => {
    const value = args.value('x');
    if (value.kind === 'sequence') return { kind: 'number', value: value.items.length };
    const { shape } = args.tensor('x');
    if (shape.length === 0) args.refuse('x', 'a scalar has no length');
    return { kind: 'number', value: shape[0] };
  }),
  define('shape(x)', 'the lengths of all axes, as constants', (args) => shapeValue(args.tensor('x').shape)),
  define('size(x)', 'the number of entries, as a constant', (args) => ({
    kind: 'number',
    value: sizeOf(args.tensor('x').shape),
  })),
  define('ndim(x)', 'the number of axes, as a constant', (args) => ({
    kind: 'number',
    value: args.tensor('x').shape.length,
  })),
];

/** All axes in reverse order: `x.T`. */
export function reverseAxes(emit: Emitter, x: TensorValue): TensorValue {
  return emit.transpose(
    x,
    x.shape.map((_, axis) => x.shape.length - 1 - axis),
  );
}

function reshape(args: CallArguments, emit: Emitter): TensorValue {
  const x = args.tensor('x');
  const lengths = args.integers('shape');
  const open = lengths.indexOf(-1);
  if (lengths.some((length, axis) => length < 0 && axis !== open)) {
    args.refuse('shape', 'a shape has no negative lengths, except one -1 for what is left');
  }
  return emit.reshape(x, open < 0 ? lengths : lengths.with(open, remaining(args, x.shape, lengths, open)));
}

/** The length that an axis given as -1 has. */
function remaining(args: CallArguments, shape: Shape, lengths: readonly number[], open: number): number {
  const known = sizeOf(lengths.filter((_, axis) => axis !== open));
  const length = sizeOf(shape) / known;
  if (!Number.isInteger(length)) {
    args.refuse('shape', `${formatShape(shape)} cannot be laid out as ${formatShape(lengths)}`);
  }
  return length;
}

function transposed(args: CallArguments, emit: Emitter): TensorValue {
  const x = args.tensor('x');
  const axes = args.optional('axes');
  if (axes === undefined) return reverseAxes(emit, x);
  const order = args.integers('axes').map((axis) => (axis < 0 ? axis + x.shape.length : axis));
  const wanted = new Set(order);
  if (order.length !== x.shape.length || x.shape.some((_, axis) => !wanted.has(axis))) {
    args.refuse('axes', `transpose needs each axis of shape ${formatShape(x.shape)} once`);
  }
  return emit.transpose(x, order);
}

function squeeze(args: CallArguments, emit: Emitter): TensorValue {
  const x = args.tensor('x');
  const axes = args.axes('axis', x.shape) ?? x.shape.flatMap((length, axis) => (length === 1 ? [axis] : []));
  if (axes.some((axis) => x.shape[axis] !== 1)) {
    args.refuse('axis', `squeeze removes axes of length 1 only, shape ${formatShape(x.shape)}`);
  }
  return emit.reshape(
    x,
    x.shape.filter((_, axis) => !axes.includes(axis)),
  );
}
