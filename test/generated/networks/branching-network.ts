import type { Shape } from '../../../src/tensors/tensor.ts';
import { addActivation } from './activation-layers.ts';
import type { Draft } from './draft.ts';

/** Branches that are joined again: residuals, gates, several side by side, or one layer that is used twice. */
export function drawBranching(draft: Draft): Shape {
  const { draws } = draft;
  const [features, width] = [draws.between(3, 4), draws.between(3, 5)];
  draft.input(draft.across(features));
  draft.dense(features, width, { name: 'stem' });
  addActivation(draft, width);
  const kind = draws.oneOf(['residual', 'gate', 'side by side', 'shared'] as const);
  if (kind === 'shared') return shared(draft, width);
  draft.dense(width, width, { name: 'branch' });
  if (kind === 'gate') draft.add({ type: 'sigmoid', name: 'gate' });
  if (kind === 'side by side') {
    draft.add({ type: 'concat', inputs: ['stem', 'branch'] });
    return last(draft, 2 * width);
  }
  const inputs = kind === 'gate' ? ['stem', 'gate'] : ['stem', 'branch'];
  draft.add({ type: kind === 'gate' ? 'multiply' : 'add', inputs });
  return last(draft, width);
}

/** A square layer that is gone through twice. */
function shared(draft: Draft, width: number): Shape {
  draft.dense(width, width);
  const again = draft.layers[draft.layers.length - 1];
  addActivation(draft, width);
  draft.add(again);
  return last(draft, width);
}

function last(draft: Draft, width: number): Shape {
  if (draft.draws.chance(0.5)) addActivation(draft, width);
  const outputs = draft.draws.between(2, 4);
  draft.dense(width, outputs);
  return draft.across(outputs);
}
