import type { Emitter } from '../emitter.ts';
import type { TensorValue, Value } from '../value.ts';
import type { CallArguments } from './call-arguments.ts';
import { define, type FunctionDefinition } from './function-definition.ts';

const zero: Value = { kind: 'number', value: 0 };
const one: Value = { kind: 'number', value: 1 };

/** Functions that make tensors of constants, and those that convert numbers. */
export const creation: readonly FunctionDefinition[] = [
  define('zeros(shape)', 'all 0', (args, emit) => filled(emit, zero, args.shape('shape'))),
  define('ones(shape)', 'all 1', (args, emit) => filled(emit, one, args.shape('shape'))),
  define('full(shape, value)', 'one value everywhere', (args, emit) =>
    filled(emit, args.value('value'), args.shape('shape')),
  ),
  define('zeros_like(x)', '0 in the shape of x', (args, emit) => filled(emit, zero, args.tensor('x').shape)),
  define('ones_like(x)', '1 in the shape of x', (args, emit) => filled(emit, one, args.tensor('x').shape)),
  define('full_like(x, value)', 'one value in the shape of x', (args, emit) =>
    filled(emit, args.value('value'), args.tensor('x').shape),
  ),
  define(
    'eye(n)',
    'the identity matrix',
    (args, emit) => {
      const [n] = lengthsOf(args, 'n');
      return emit.constant([n, n], (position) => Number(position % (n + 1) === 0));
    },
    { aliases: ['identity'] },
  ),
  define('arange(start, stop=None, step=1)', 'numbers from start (or 0) up to stop', arange, {
    aliases: ['range'],
  }),
  define('float(x)', 'x itself: every number is a float64', (args, emit) => converted(args, emit, 'float'), {
    aliases: ['float64', 'double'],
  }),
  define('int(x)', 'a constant number, rounded towards 0', (args) => ({
    kind: 'number',
    value: Math.trunc(args.number('x')),
  })),
  define('prod(values)', 'the product of constant numbers', (args) => ({
    kind: 'number',
    value: args.integers('values').reduce((product, length) => product * length, 1),
  })),
  define('astype(x, dtype)', 'x itself where the type holds its entries exactly', astype, { method: true }),
  define('copy(x)', 'x itself', (args) => args.tensor('x'), { method: true }),
];

function filled(emit: Emitter, value: Value, shape: readonly number[]): TensorValue {
  return emit.broadcastTo(emit.tensor(value), shape);
}

function lengthsOf(args: CallArguments, name: string): number[] {
  const lengths = args.shape(name);
  if (lengths.length !== 1) args.refuse(name, `\`${name}\` must be one whole number`);
  return lengths;
}

function arange(args: CallArguments, emit: Emitter): TensorValue {
  const first = args.number('start');
  const [start, stop] = args.optional('stop') === undefined ? [0, first] : [first, args.number('stop')];
  const step = args.number('step', 1);
  const count = Math.max(0, Math.ceil((stop - start) / step));
  if (step === 0 || !Number.isSafeInteger(count)) args.refuse('step', 'such a range has no end');
  return emit.constant([count], (position) => start + position * step);
}

function converted(args: CallArguments, emit: Emitter, type: 'float' | 'int' | 'bool'): Value {
  const value = args.value('x');
  if (value.kind === 'number' && type === 'float') return value;
  const x = args.tensor('x');
  if (type === 'float' || (type === 'int' && x.mask)) return { ...x, mask: false };
  if (type === 'bool') return x.mask ? x : emit.apply('not-equal', [x, emit.scalar(0)]);
  const entries = emit.fixedValues(x);
  if (entries?.every(Number.isInteger)) return x;
  args.refuse('x', 'rounding to whole numbers is not supported: it has no useful gradient');
}

function astype(args: CallArguments, emit: Emitter): Value {
  const type = args.value('dtype');
  if (type.kind !== 'dtype') args.refuse('dtype', '`dtype` must be float, int or bool');
  return converted(args, emit, type.name);
}
