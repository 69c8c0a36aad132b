import { activations } from './activations.ts';
import { attention } from './attention.ts';
import { batchNorm } from './batch-norm.ts';
import { convolutions } from './convolution.ts';
import { dense } from './dense.ts';
import { dropout } from './dropout.ts';
import { embedding } from './embedding.ts';
import { groupNorm } from './group-norm.ts';
import { gru } from './gru.ts';
import { joining } from './joining.ts';
import type { LayerKind } from './layer.ts';
import { layerNorms } from './layer-norm.ts';
import { lstm } from './lstm.ts';
import { multiHeadAttention } from './multi-head-attention.ts';
import type { PartKinds } from './part-type.ts';
import { poolings } from './pooling.ts';
import { rnn } from './rnn.ts';
import { shaping } from './shaping.ts';
import { transposedConvolutions } from './transposed-convolution.ts';

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
  ...convolutions,
  ...transposedConvolutions,
  ...poolings,
  batchNorm,
  ...layerNorms,
  groupNorm,
  embedding,
];

export const layerKinds: PartKinds<LayerKind> = {
  part: 'layer',
  byType: new Map(built.map((kind) => [kind.type, kind])),
};
