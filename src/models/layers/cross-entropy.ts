import { z } from 'zod';
import { negativeLogLikelihood } from './log-likelihood.ts';
import { lossKind } from './loss.ts';
import type { MaybeNode, Site } from './site.ts';
import { classTargetSchema } from './target.ts';

/** Cross-entropy over the features as classes: −log p of the right class, or −Σ y·log p for one-hot targets. */
export const crossEntropy = lossKind(
  'cross-entropy',
  'position',
  z
    .strictObject({
      type: z.literal('cross-entropy'),
      target: classTargetSchema,
      from: z
        .enum(['logits', 'probabilities'])
        .default('logits')
        .describe(
          'What the last layer gives: logits (softmax is part of the loss) or probabilities (after a softmax).',
        ),
    })
    .describe('−log p of the right class, averaged over examples unless said otherwise.'),
  (loss, prediction, site) => {
    const logarithms =
      loss.from === 'logits' ? logSoftmax(prediction, site) : site.apply('log', [prediction]);
    return negativeLogLikelihood(loss.target, logarithms, site);
  },
);

/** log p of logits. The largest logit is taken off first, so no exponential overflows and none is lost. */
function logSoftmax(logits: MaybeNode, site: Site): MaybeNode {
  const axis = site.featureAxis(logits);
  return axis === undefined ? undefined : site.apply('log-softmax', [logits], { axis });
}
