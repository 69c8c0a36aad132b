import type { Shape } from '../../../src/tensors/tensor.ts';
import { addActivation } from './activation-layers.ts';
import type { Draft } from './draft.ts';

/** One to three dense layers with activations between them, perhaps with normalisation or dropout. */
export function drawDense(draft: Draft): Shape {
  const { draws } = draft;
  const widths = Array.from({ length: draws.between(2, 4) }, () => draws.between(3, 6));
  draft.input(draft.across(widths[0]));
  widths.slice(1).forEach((to, i) => {
    draft.dense(widths[i], to);
    if (i === widths.length - 2) return;
    if (draws.chance(0.15)) normalise(draft, to);
    addActivation(draft, to);
    if (draws.chance(0.15)) drop(draft, to);
  });
  return draft.across(widths[widths.length - 1]);
}

function normalise(draft: Draft, features: number): void {
  const type = draft.draws.oneOf(['batch-norm', 'layer-norm', 'rms-norm'] as const);
  const gain = draft.parameter('g', [features], 0.2, 1);
  draft.add(type === 'rms-norm' ? { type, gain } : { type, gain, bias: draft.bias([features]) });
}

/** Dropout of which it is known what was dropped. */
function drop(draft: Draft, features: number): void {
  const { draws, data } = draft;
  const name = `mask${draft.layers.length}`;
  data.set(
    name,
    draws.nested(draft.across(features), () => (draws.chance(0.25) ? 0 : 1)),
  );
  draft.add({ type: 'dropout', rate: 0.25, mask: name });
}
