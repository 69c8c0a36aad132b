import type { Shape } from '../../../src/tensors/tensor.ts';
import { addActivation } from './activation-layers.ts';
import type { Draft } from './draft.ts';

/** Rows of a table, folded over time or not, and a dense layer. */
export function drawEmbedding(draft: Draft): Shape {
  const { draws, examples, data } = draft;
  const [rows, features, time] = [draws.between(4, 7), draws.between(2, 4), draws.between(2, 4)];
  data.set(
    'X',
    draws.nested([examples, time], () => draws.between(0, rows - 1)),
  );
  draft.add({ type: 'embedding', weights: draft.parameter('E', [rows, features], draft.inputScale) });
  if (draws.chance(0.4)) {
    draft.add({
      type: 'layer-norm',
      gain: draft.parameter('g', [features], 0.2, 1),
      bias: draft.bias([features]),
    });
  }
  const outputs = draws.between(2, 4);
  const kind = draws.oneOf(['mean', 'flat', 'sequence'] as const);
  if (kind === 'mean') draft.add({ type: 'transpose', axes: [0, 2, 1] });
  if (kind === 'mean') draft.add({ type: 'global-average-pool' });
  if (kind === 'flat') draft.add({ type: 'reshape', shape: [time * features] });
  const width = kind === 'flat' ? time * features : features;
  addActivation(draft, width);
  draft.dense(width, outputs);
  return kind === 'sequence' ? [examples, time, outputs] : [examples, outputs];
}
