import { sizeOf } from '../../../tensors/tensor.ts';
import type { Emitter } from '../emitter.ts';
import type { TensorValue } from '../value.ts';
import type { CallArguments } from './call-arguments.ts';
import { define, type FunctionDefinition } from './function-definition.ts';

const overAxes = '(x, axis=None, *, keepdims=False)';

/** Functions that reduce axes: one, a tuple of them, or all. */
export const reductions: readonly FunctionDefinition[] = [
  reduction('sum', 'sum of the entries'),
  reduction('mean', 'arithmetic mean', ['average']),
  reduction('max', 'largest entry', ['amax']),
  reduction('min', 'smallest entry', ['amin']),
  define(
    'var(x, axis=None, *, ddof=0, keepdims=False)',
    'mean of the squared deviations; ddof is taken off the number of entries',
    (args, emit) => variance(args, emit),
    { method: true },
  ),
  define(
    'std(x, axis=None, *, ddof=0, keepdims=False)',
    'square root of the variance',
    (args, emit) => emit.apply('sqrt', [variance(args, emit)]),
    { method: true },
  ),
  define(
    'norm(x, ord=None, axis=None, *, keepdims=False)',
    'Euclidean (or Frobenius) norm; ord 1 sums |x|',
    norm,
    {
      aliases: ['linalg.norm'],
    },
  ),
];

function reduction(name: 'sum' | 'mean' | 'max' | 'min', doc: string, aliases: readonly string[] = []) {
  const lower = (args: CallArguments, emit: Emitter) => {
    const x = args.tensor('x');
    const axis = args.optional('axis');
    if (axis?.kind === 'tensor' || (axis !== undefined && x.shape.length === 0)) {
      const extreme = name === 'max' || name === 'min';
      const meant = extreme ? `; the ${name} of two tensors is ${name}imum(a, b)` : '';
      args.refuse('axis', `the second argument of ${name} is an axis of the first one${meant}`);
    }
    return reduce(emit, name, x, axesOf(args, x), args.flag('keepdims'));
  };
  return define(name + overAxes, doc, lower, { method: true, aliases });
}

function axesOf(args: CallArguments, x: TensorValue): number[] {
  return args.axes('axis', x.shape) ?? x.shape.map((_, axis) => axis);
}

/** Nothing is appended where there are no axes to reduce. */
function reduce(
  emit: Emitter,
  op: string,
  x: TensorValue,
  axes: readonly number[],
  keepDims: boolean,
): TensorValue {
  return axes.length === 0 ? x : emit.apply(op, [x], { axes, keepDims });
}

function variance(args: CallArguments, emit: Emitter): TensorValue {
  const x = args.tensor('x');
  const axes = axesOf(args, x);
  const keepDims = args.flag('keepdims');
  const deviation = emit.apply('subtract', [x, reduce(emit, 'mean', x, axes, true)]);
  const squares = emit.apply('square', [deviation]);
  const ddof = args.number('ddof', 0);
  if (ddof === 0) return reduce(emit, 'mean', squares, axes, keepDims);
  const count = sizeOf(axes.map((axis) => x.shape[axis]));
  return emit.apply('divide', [reduce(emit, 'sum', squares, axes, keepDims), emit.scalar(count - ddof)]);
}

function norm(args: CallArguments, emit: Emitter): TensorValue {
  const x = args.tensor('x');
  const axes = axesOf(args, x);
  const order = args.optional('ord') === undefined ? undefined : args.number('ord');
  if (order !== undefined && (axes.length !== 1 || (order !== 1 && order !== 2))) {
    args.refuse('ord', 'norm takes ord 1 or 2 along one axis, or no ord');
  }
  const keepDims = args.flag('keepdims');
  if (order === 1) return reduce(emit, 'sum', emit.apply('abs', [x]), axes, keepDims);
  return emit.apply('sqrt', [reduce(emit, 'sum', emit.apply('square', [x]), axes, keepDims)]);
}
