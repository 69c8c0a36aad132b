import { Refusal } from '../expression-faults.ts';
import { define, type FunctionDefinition } from './function-definition.ts';

/** Activations of networks. */
export const activations: readonly FunctionDefinition[] = [
  define(
    'sigmoid(x)',
    '1/(1 + e⁻ˣ), without overflow',
    (args, emit) => emit.apply('sigmoid', [args.tensor('x')]),
    {
      aliases: ['expit'],
    },
  ),
  define('relu(x)', 'max(x, 0)', (args, emit) => emit.apply('relu', [args.tensor('x')])),
  define('leaky_relu(x, slope=0.01)', 'x where x > 0, else slope·x', (args, emit) => {
    const slope = args.optional('slope');
    if (slope?.kind !== 'tensor') {
      const constant = args.number('slope', 0.01);
      if (!Number.isFinite(constant)) args.refuse('slope', '`slope` must be finite');
      return emit.apply('leaky-relu', [args.tensor('x')], { slope: constant });
    }
    const x = args.tensor('x');
    const positive = emit.apply('greater', [x, emit.scalar(0)]);
    return emit.apply('where', [positive, x, emit.apply('multiply', [slope, x])]);
  }),
  define('elu(x, alpha=1)', 'x where x > 0, else alpha·(eˣ − 1)', (args, emit) => {
    const x = args.tensor('x');
    const alpha = emit.tensor(args.optional('alpha') ?? { kind: 'number', value: 1 });
    const positive = emit.apply('greater', [x, emit.scalar(0)]);
    const below = emit.apply('expm1', [x]);
    return emit.apply('where', [positive, x, emit.apply('multiply', [alpha, below])]);
  }),
  define(
    'silu(x)',
    'x·sigmoid(x)',
    (args, emit) => {
      const x = args.tensor('x');
      return emit.apply('multiply', [x, emit.apply('sigmoid', [x])]);
    },
    { aliases: ['swish'] },
  ),
  define('softplus(x)', 'log(1 + eˣ), without overflow', (args, emit) =>
    emit.apply('softplus', [args.tensor('x')]),
  ),
  define(
    'log_sigmoid(x)',
    'log(sigmoid(x)), without overflow',
    (args, emit) => {
      const opposite = emit.apply('softplus', [emit.apply('negate', [args.tensor('x')])]);
      return emit.apply('negate', [opposite]);
    },
    { aliases: ['logsigmoid', 'log_expit'] },
  ),
  define('softmax(x, axis=-1)', 'eˣ divided by its sum along the axis', (args, emit) => {
    const x = args.tensor('x');
    return emit.apply('softmax', [x], { axis: args.axis('axis', x.shape, -1) });
  }),
  define('log_softmax(x, axis=-1)', 'log(softmax(x)), without overflow', (args, emit) => {
    const x = args.tensor('x');
    return emit.apply('log-softmax', [x], { axis: args.axis('axis', x.shape, -1) });
  }),
  define(
    'logsumexp(x, axis=None, *, keepdims=False)',
    'log of the sum of eˣ, without overflow',
    (args, emit) => {
      const x = args.tensor('x');
      const axes = args.axes('axis', x.shape) ?? x.shape.map((_, axis) => axis);
      if (axes.length > 1 && axes.length < x.shape.length) {
        throw new Refusal('logsumexp takes one axis or all of them');
      }
      // Over all axes, the tensor is one line.
      const line =
        axes.length === 1 ? x : emit.reshape(x, [x.shape.reduce((size, length) => size * length, 1)]);
      const reduced = emit.apply('log-sum-exp', [line], { axis: axes.length === 1 ? axes[0] : 0 });
      const kept = x.shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
      const dropped = x.shape.filter((_, axis) => !axes.includes(axis));
      return emit.reshape(reduced, args.flag('keepdims') ? kept : dropped);
    },
  ),
];
