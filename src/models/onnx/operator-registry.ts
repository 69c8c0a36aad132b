import type { OnnxOperator } from './operator.ts';
import { activations } from './operators/activations.ts';
import { arithmetic } from './operators/arithmetic.ts';
import { attentions } from './operators/attention.ts';
import { bitwise } from './operators/bitwise.ts';
import { casts } from './operators/casts.ts';
import { comparison } from './operators/comparison.ts';
import { constants } from './operators/constants.ts';
import { convolutions } from './operators/convolutions.ts';
import { cumulation } from './operators/cumulation.ts';
import { cutting } from './operators/cutting.ts';
import { dropouts } from './operators/dropout.ts';
import { einsums } from './operators/einsum.ts';
import { functions } from './operators/functions.ts';
import { gathering } from './operators/gathering.ts';
import { losses } from './operators/losses.ts';
import { normalizations } from './operators/normalizations.ts';
import { ordering } from './operators/ordering.ts';
import { padding } from './operators/padding.ts';
import { pooling } from './operators/pooling.ts';
import { products } from './operators/products.ts';
import { recurrentLayers } from './operators/recurrent.ts';
import { reductions } from './operators/reductions.ts';
import { resizing } from './operators/resizing.ts';
import { rotaryEmbeddings } from './operators/rotary-embedding.ts';
import { scattering } from './operators/scattering.ts';
import { sequences } from './operators/sequences.ts';
import { shaping } from './operators/shaping.ts';

/** Every operator that is read, family by family. */
const families: readonly (readonly OnnxOperator[])[] = [
  constants,
  casts,
  arithmetic,
  functions,
  activations,
  comparison,
  products,
  reductions,
  shaping,
  gathering,
  scattering,
  padding,
  cumulation,
  ordering,
  cutting,
  sequences,
  convolutions,
  pooling,
  normalizations,
  dropouts,
  recurrentLayers,
  attentions,
  einsums,
  bitwise,
  rotaryEmbeddings,
  resizing,
  losses,
];

/** By the name in the file. */
export const operators: ReadonlyMap<string, OnnxOperator> = new Map(
  families.flat().map((each) => [each.name, each]),
);
