import { z } from 'zod';
import { formatShape, type Shape, sameShape, type Tensor } from '../../tensors/tensor.ts';
import type { MaybeNode, Site } from './site.ts';

export const attentionMaskSchema = z
  .string()
  .optional()
  .describe(
    'Name of the data that say which keys a query sees, 1, and which not, 0: [queries, keys]; [examples, 1, keys], as ' +
      'where sequences are padded; or [examples, queries, keys]. Every query sees one key or more.',
  );

/** The lengths that scores have besides the heads. */
export interface ScoreSizes {
  readonly examples: number;
  readonly queries: number;
  readonly keys: number;
}

/** Scores [examples, heads, queries, keys] with those that the mask hides so low that softmax gives them exactly 0. */
export function hideMasked(
  scores: MaybeNode,
  name: string,
  sizes: ScoreSizes,
  causal: boolean,
  site: Site,
): MaybeNode {
  const mask = site.data(name, 'mask');
  const shape = site.shapeOf(mask);
  if (shape === undefined) return scores;
  const { examples, queries, keys } = sizes;
  const fitting: readonly Shape[] = [
    [queries, keys],
    [examples, 1, keys],
    [examples, queries, keys],
  ];
  if (!fitting.some((fit) => sameShape(fit, shape))) {
    const choice = fitting.map(formatShape).join(' or ');
    site.fault(`${name} has shape ${formatShape(shape)}, but ${choice} would fit`, 'mask');
    return scores;
  }
  const values = site.dataValues(name);
  const fault = values && findMaskFault(values, sizes, causal);
  if (fault !== undefined) site.fault(`${name} ${fault}`, 'mask');
  const spread = shape.length === 2 ? shape : [examples, 1, shape[1], keys];
  return hideUnless(site.reshape(mask, spread), scores, site);
}

/** The scores where `sees` is not 0; elsewhere such that softmax gives exactly 0. */
export function hideUnless(sees: MaybeNode, scores: MaybeNode, site: Site): MaybeNode {
  return site.apply('where', [sees, scores, site.scalar(-Number.MAX_VALUE)]);
}

/** The first entry that is neither 0 nor 1, or the first query without a key that it sees. */
function findMaskFault(
  { shape, values }: Tensor,
  { examples, queries, keys }: ScoreSizes,
  causal: boolean,
): string | undefined {
  const other = values.find((value) => value !== 0 && value !== 1);
  if (other !== undefined)
    return `holds ${other}, but is 1 where a query sees a key, and 0 where it does not`;
  const [rows] = shape.slice(-2);
  const ofExamples = shape.length === 2 ? 1 : examples;
  for (let example = 0; example < ofExamples; example++) {
    for (let query = 0; query < queries; query++) {
      const start = (example * rows + (rows === 1 ? 0 : query)) * keys;
      const seen = values.subarray(start, start + (causal ? query + 1 : keys));
      if (!seen.includes(1)) return `leaves query ${query} of example ${example} no key that it sees`;
    }
  }
  return undefined;
}
