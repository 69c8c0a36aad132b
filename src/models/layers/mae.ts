import { z } from 'zod';
import { lossKind, targetSchema } from './loss.ts';
import { alignedTarget } from './target.ts';

/** Absolute error. With the defaults it is Σ |a − y| / m. It has a kink wherever an output equals its target. */
export const mae = lossKind(
  'mae',
  'output',
  z
    .strictObject({
      type: z.literal('mae'),
      target: targetSchema,
    })
    .describe('Σ |a − y|, summed over outputs and averaged over examples unless said otherwise.'),
  (loss, prediction, site) => {
    const target = alignedTarget(loss.target, prediction, site);
    return site.apply('abs', [site.apply('subtract', [prediction, target])]);
  },
);
