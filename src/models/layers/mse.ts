import { z } from 'zod';
import { lossKind, targetSchema } from './loss.ts';
import { alignedTarget } from './target.ts';

/**
 * Squared error. With the defaults it is Σ (a − y)² / m: the squares are summed over the outputs of an example and
 * averaged over the m examples, without a factor ½.
 */
export const mse = lossKind(
  'mse',
  'output',
  z
    .strictObject({
      type: z.literal('mse'),
      target: targetSchema,
    })
    .describe(
      'Σ (a − y)², summed over outputs and averaged over examples unless said otherwise. No factor ½.',
    ),
  (loss, prediction, site) => {
    const target = alignedTarget(loss.target, prediction, site);
    return site.apply('square', [site.apply('subtract', [prediction, target])]);
  },
);
