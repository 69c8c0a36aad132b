import type { Shape } from '../../../src/tensors/tensor.ts';
import type { Draft, Layer } from './draft.ts';

/** One encoder block (Vaswani et al. 2017): attention and two dense layers, each with a norm and a residual. */
export function drawTransformer(draft: Draft): Shape {
  const { draws, examples } = draft;
  const heads = draws.between(1, 2);
  // A norm over two features leaves nothing but their signs.
  const features = heads === 1 ? 3 : 4;
  const time = draws.between(2, 3);
  draft.input([examples, time, features]);
  const isNormedFirst = draws.chance(0.5);
  if (isNormedFirst) norm(draft, features);
  draft.add(attention(draft, heads, features));
  draft.add({ type: 'add', name: 'first', inputs: ['X', 'attended'] });
  norm(draft, features, isNormedFirst ? {} : { name: 'normed' });
  const inner = draws.between(2, 4);
  draft.dense(features, inner);
  draft.add({ type: 'gelu', approximate: draws.oneOf(['none', 'tanh']) });
  draft.dense(inner, features, { name: 'second' });
  draft.add({ type: 'add', inputs: [isNormedFirst ? 'first' : 'normed', 'second'] });
  if (draws.chance(0.3)) norm(draft, features);
  return [examples, time, features];
}

function norm(draft: Draft, features: number, fields: { readonly name?: string } = {}): void {
  const type = draft.draws.oneOf(['layer-norm', 'layer-norm', 'rms-norm'] as const);
  const gain = draft.parameter('g', [features], 0.2, 1);
  draft.add({ type, gain, ...(type === 'rms-norm' ? {} : { bias: draft.bias([features]) }), ...fields });
}

/** Attention without parameters of its own, or with several heads and its weights together or one by one. */
function attention(draft: Draft, heads: number, features: number): Layer {
  const { draws } = draft;
  const shared = { name: 'attended', heads, causal: draws.chance(0.6) };
  if (draws.chance(0.15)) return { type: 'attention', ...shared };
  const isTogether = draws.chance(0.6);
  const each = (make: () => string) => ({ query: make(), key: make(), value: make() });
  return {
    type: 'multi-head-attention',
    ...shared,
    inWeights: isTogether
      ? draft.weight([3 * features, features], features)
      : each(() => draft.weight([features, features], features)),
    ...(draws.chance(0.7)
      ? { inBias: isTogether ? draft.bias([3 * features]) : each(() => draft.bias([features])) }
      : {}),
    outWeights: draft.weight([features, features], features),
    ...(draws.chance(0.7) ? { outBias: draft.bias([features]) } : {}),
  };
}
