import type { Draft, Layer } from './draft.ts';

/** Activations without settings, and those whose settings may stay at their defaults. */
const plain = [
  'relu',
  'relu6',
  'selu',
  'sigmoid',
  'log-sigmoid',
  'hard-sigmoid',
  'tanh',
  'hard-tanh',
  'softplus',
  'softsign',
  'silu',
  'hard-swish',
  'mish',
  'softmax',
  'log-softmax',
] as const;

const set = ['leaky-relu', 'prelu', 'elu', 'celu', 'gelu'] as const;

/** Adds any activation there is, over so many features. */
export function addActivation(draft: Draft, features: number): void {
  draft.add(activation(draft, features));
}

function activation(draft: Draft, features: number): Layer {
  const { draws } = draft;
  const type = draws.oneOf([...plain, ...set]);
  switch (type) {
    case 'leaky-relu':
      return { type, slope: draws.oneOf([0.01, 0.2]) };
    case 'prelu':
      return { type, slope: draft.parameter('a', draws.oneOf([[1], [features]]), 0.1, 0.25) };
    case 'elu':
    case 'celu':
      return { type, alpha: draws.oneOf([1, 0.7]) };
    case 'gelu':
      return { type, approximate: draws.oneOf(['none', 'tanh']) };
    default:
      return { type };
  }
}
