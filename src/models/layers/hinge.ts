import { z } from 'zod';
import { complement, lossKind, targetSchema } from './loss.ts';
import { alignedTarget, refuseEntries } from './target.ts';

/** The hinge of a maximum-margin classifier, whose classes are −1 and 1. It has a kink where y·a = 1. */
export const hinge = lossKind(
  'hinge',
  'output',
  z
    .strictObject({
      type: z.literal('hinge'),
      target: targetSchema.describe('Name of the classes, −1 or 1 each, in the shape of the prediction.'),
    })
    .describe('max(0, 1 − y·a), summed over outputs and averaged over examples unless said otherwise.'),
  (loss, prediction, site) => {
    const target = alignedTarget(loss.target, prediction, site);
    refuseEntries(loss.target, (y) => y === 1 || y === -1, 'but a class of the hinge loss is -1 or 1', site);
    const margins = complement(site.apply('multiply', [target, prediction]), site);
    return site.apply('relu', [margins]);
  },
);
