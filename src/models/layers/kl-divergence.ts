import { z } from 'zod';
import { lossKind, targetSchema } from './loss.ts';
import type { MaybeNode, Site } from './site.ts';
import { alignedTarget, refuseEntries } from './target.ts';

/**
 * The Kullback–Leibler divergence Σ y·(log y − log p) of the prediction p from the target y, where 0·log 0 = 0. With
 * the defaults it is what PyTorch's KLDivLoss calls "batchmean".
 */
export const klDivergence = lossKind(
  'kl-divergence',
  'output',
  z
    .strictObject({
      type: z.literal('kl-divergence'),
      target: targetSchema.describe('Name of the probabilities y, in the shape of the prediction.'),
      from: z
        .enum(['log-probabilities', 'probabilities', 'logits'])
        .default('log-probabilities')
        .describe(
          'What the last layer gives: log p (after a log-softmax), p (after a softmax), or logits (before it).',
        ),
    })
    .describe('Σ y·(log y − log p), summed over outputs and averaged over examples unless said otherwise.'),
  (loss, prediction, site) => {
    const target = alignedTarget(loss.target, prediction, site);
    refuseEntries(loss.target, (y) => y >= 0, 'but a probability is at least 0', site);
    const difference = site.apply('subtract', [
      logOrZero(target, site),
      logarithms(loss.from, prediction, site),
    ]);
    return site.apply('multiply', [target, difference]);
  },
);

/** log y, and 0 where y is 0. */
function logOrZero(y: MaybeNode, site: Site): MaybeNode {
  const isPositive = site.apply('greater', [y, site.scalar(0)]);
  return site.apply('log', [site.apply('where', [isPositive, y, site.scalar(1)])]);
}

function logarithms(
  from: 'log-probabilities' | 'probabilities' | 'logits',
  prediction: MaybeNode,
  site: Site,
): MaybeNode {
  if (from === 'log-probabilities') return prediction;
  if (from === 'probabilities') return site.apply('log', [prediction]);
  const axis = site.featureAxis(prediction);
  return axis === undefined ? undefined : site.apply('log-softmax', [prediction], { axis });
}
