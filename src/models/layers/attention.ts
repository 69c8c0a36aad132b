import { z } from 'zod';
import { formatShape } from '../../tensors/tensor.ts';
import { attentionMaskSchema, hideMasked, hideUnless } from './attention-mask.ts';
import { joiningLayerKind } from './layer.ts';
import { type SequenceShape, sequenceShape } from './sequence-shape.ts';
import type { MaybeNode, Site } from './site.ts';

export const attentionFields = {
  heads: z.int().min(1).describe('Into how many equal parts the features are cut, each attending by itself.'),
  causal: z
    .boolean()
    .default(false)
    .describe('Whether a time sees only itself and the times before it. Queries and keys are then as long.'),
  mask: attentionMaskSchema,
};

/** Queries, keys and values. */
export type AttentionInputs = readonly [query: MaybeNode, key: MaybeNode, value: MaybeNode];

export const attentionInputs = { least: 1, most: 3 };

/** One input is queries, keys and values; of two, the second one is keys and values. */
export function attentionRoles([query, key = query, value = key]: readonly MaybeNode[]): AttentionInputs {
  return [query, key, value];
}

/** Attention without parameters of its own (PyTorch's scaled_dot_product_attention). */
export const attention = joiningLayerKind(
  'attention',
  z
    .strictObject({
      type: z.literal('attention'),
      ...attentionFields,
      heads: attentionFields.heads.default(1),
    })
    .describe(
      'softmax(Q·Kᵀ/√d)·V over the time of [examples, time, features]. Inputs: queries, keys and values; or queries, and ' +
        'keys that are values too; or one for all three.',
    ),
  attentionInputs,
  (layer, inputs, site) => scaledDotProduct(attentionRoles(inputs), layer, site),
);

/**
 * softmax(Q·Kᵀ/√d)·V of each head, d being its number of features (Vaswani et al. 2017, eq. 1). Queries are
 * [examples, time, n], keys [examples, other, n], values [examples, other, v]; the outcome is [examples, time, v].
 */
export function scaledDotProduct(
  roles: AttentionInputs,
  {
    heads,
    causal,
    mask,
  }: { readonly heads: number; readonly causal: boolean; readonly mask?: string | undefined },
  site: Site,
): MaybeNode {
  const shapes = roleShapes(roles, site);
  const [query, key, value] = shapes;
  if (query === undefined || key === undefined || value === undefined) return undefined;
  const [queryShape, keyShape, valueShape] = roles.map((input) => formatShape(site.shapeOf(input) ?? []));
  const fits = key.features === query.features && value.time === key.time;
  if (!fits || new Set(shapes.map((shape) => shape?.examples)).size > 1) {
    site.fault(
      `queries of shape ${queryShape}, keys of ${keyShape} and values of ${valueShape} do not fit each other`,
    );
    return undefined;
  }
  if (causal && query.time !== key.time) {
    site.fault(`causal needs as many queries as keys, not ${query.time} and ${key.time}`, 'causal');
    return undefined;
  }
  if (query.features % heads !== 0 || value.features % heads !== 0) {
    site.fault(
      `${heads} heads do not divide queries of shape ${queryShape} and values of ${valueShape}`,
      'heads',
    );
    return undefined;
  }
  // As PyTorch does, the queries are scaled rather than the scores.
  const scale = site.scalar(1 / Math.sqrt(query.features / heads));
  const [q, k, v] = roles.map((input) => splitHeads(input, heads, site));
  const scores = site.apply('matmul', [site.apply('multiply', [q, scale]), k], { transposeB: true });
  const past = causal ? hideLater(scores, query.time, site) : scores;
  const sizes = { examples: query.examples, queries: query.time, keys: key.time };
  const visible = mask === undefined ? past : hideMasked(past, mask, sizes, causal, site);
  const weights = site.apply('softmax', [visible], { axis: 3 });
  return joinHeads(site.apply('matmul', [weights, v]), site);
}

/** The shapes of the three; an input that is several of them is judged once. */
export function roleShapes(roles: AttentionInputs, site: Site): readonly (SequenceShape | undefined)[] {
  const shapes = new Map(Array.from(new Set(roles), (input) => [input, sequenceShape(input, site)]));
  return roles.map((input) => shapes.get(input));
}

/** [examples, time, heads·d] to [examples, heads, time, d]. */
function splitHeads(sequence: MaybeNode, heads: number, site: Site): MaybeNode {
  const [examples, time, features] = site.shapeOf(sequence) ?? [];
  const split = site.reshape(sequence, [examples, time, heads, features / heads]);
  return site.apply('transpose', [split], { axes: [0, 2, 1, 3] });
}

/** [examples, heads, time, d] to [examples, time, heads·d]. */
function joinHeads(parts: MaybeNode, site: Site): MaybeNode {
  const [examples, heads, time, features] = site.shapeOf(parts) ?? [];
  const turned = site.apply('transpose', [parts], { axes: [0, 2, 1, 3] });
  return site.reshape(turned, [examples, time, heads * features]);
}

/** The scores with those of later times so low that softmax gives them exactly 0. */
function hideLater(scores: MaybeNode, time: number, site: Site): MaybeNode {
  const times = Float64Array.from({ length: time }, (_, i) => i);
  const [own, other] = [site.constant([time, 1], times), site.constant([time], times)];
  const sees = site.apply('greater-equal', [own, other]);
  return hideUnless(sees, scores, site);
}
