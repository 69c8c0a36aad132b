import { z } from 'zod';
import { lossKind, targetSchema } from './loss.ts';
import { alignedTarget } from './target.ts';

/**
 * Huber's loss (Ann. Math. Statist. 35, 1964, p. 73): of e = a − y it is e²/2 where |e| ≤ δ and δ·(|e| − δ/2)
 * elsewhere. PyTorch's HuberLoss is the same; its SmoothL1Loss is this divided by δ.
 */
export const huber = lossKind(
  'huber',
  'output',
  z
    .strictObject({
      type: z.literal('huber'),
      target: targetSchema,
      delta: z.number().positive().default(1).describe('δ: the error from which on the loss is linear.'),
    })
    .describe(
      '½e² where |e| ≤ δ, δ·(|e| − δ/2) elsewhere, e = a − y; summed over outputs and averaged over examples unless ' +
        'said otherwise.',
    ),
  ({ delta, ...loss }, prediction, site) => {
    const target = alignedTarget(loss.target, prediction, site);
    const error = site.apply('subtract', [prediction, target]);
    // With c = e clipped to ±δ both pieces are c·(e − c/2), which has no kink to report at e = 0.
    const clipped = site.apply('minimum', [
      site.apply('maximum', [error, site.scalar(-delta)]),
      site.scalar(delta),
    ]);
    const half = site.apply('multiply', [clipped, site.scalar(0.5)]);
    return site.apply('multiply', [clipped, site.apply('subtract', [error, half])]);
  },
);
