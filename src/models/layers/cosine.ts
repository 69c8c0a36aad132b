import { z } from 'zod';
import { complement, lossKind, targetSchema } from './loss.ts';
import type { MaybeNode, Site } from './site.ts';
import { alignedTarget } from './target.ts';

/**
 * The cosine distance 1 − ⟨a, y⟩ / (‖a‖₂·‖y‖₂), over the features of each example. Nothing is added to the norms, so a
 * vector of zeros gives NaN; PyTorch's cosine_similarity differs there alone, as it bounds the norms from below.
 */
export const cosine = lossKind(
  'cosine',
  'position',
  z
    .strictObject({
      type: z.literal('cosine'),
      target: targetSchema,
    })
    .describe('1 − ⟨a, y⟩/(‖a‖·‖y‖) over the features, averaged over examples unless said otherwise.'),
  (loss, prediction, site) => {
    const target = alignedTarget(loss.target, prediction, site);
    const axis = site.featureAxis(prediction);
    if (axis === undefined) return undefined;
    const overFeatures = (entries: MaybeNode) =>
      site.apply('sum', [entries], { axes: [axis], keepDims: false });
    const product = overFeatures(site.apply('multiply', [prediction, target]));
    const norms = site.apply('multiply', [
      norm(prediction, overFeatures, site),
      norm(target, overFeatures, site),
    ]);
    return complement(site.apply('divide', [product, norms]), site);
  },
);

function norm(x: MaybeNode, sum: (entries: MaybeNode) => MaybeNode, site: Site): MaybeNode {
  return site.apply('sqrt', [sum(site.apply('square', [x]))]);
}
