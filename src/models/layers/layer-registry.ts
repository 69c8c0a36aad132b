import { activations } from './activations.ts';
import { attention } from './attention.ts';
import { dense } from './dense.ts';
import { dropout } from './dropout.ts';
import { gru } from './gru.ts';
import { joining } from './joining.ts';
import type { LayerKind } from './layer.ts';
import { lstm } from './lstm.ts';
import { multiHeadAttention } from './multi-head-attention.ts';
import type { PartKinds } from './part-type.ts';
import { rnn } from './rnn.ts';
import { shaping } from './shaping.ts';

/** Every kind of layer there is. A new one is one file (or one entry of a family's file) and one line here. */
const built: readonly LayerKind[] = [
  dense,
  ...activations,
  dropout,
  ...joining,
  ...shaping,
  rnn,
  lstm,
  gru,
  attention,
  multiHeadAttention,
];

export const layerKinds: PartKinds<LayerKind> = {
  part: 'layer',
  byType: new Map(built.map((kind) => [kind.type, kind])),
  planned: [
    ...['conv1d', 'conv2d', 'conv-transpose1d', 'conv-transpose2d', 'max-pool1d', 'max-pool2d'],
    ...['average-pool1d', 'average-pool2d', 'global-max-pool', 'global-average-pool'],
    ...['batch-norm', 'layer-norm', 'group-norm', 'rms-norm', 'embedding'],
  ],
};
