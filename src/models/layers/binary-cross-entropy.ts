import { z } from 'zod';
import { complement, lossKind, targetSchema } from './loss.ts';
import type { MaybeNode, Site } from './site.ts';
import { alignedTarget } from './target.ts';

/** Cross-entropy of two classes. Several outputs per example are as many separate two-class predictions. */
export const binaryCrossEntropy = lossKind(
  'binary-cross-entropy',
  'output',
  z
    .strictObject({
      type: z.literal('binary-cross-entropy'),
      target: targetSchema,
      from: z
        .enum(['probabilities', 'logits'])
        .default('probabilities')
        .describe('What the last layer gives: probabilities (after a sigmoid) or logits (before it).'),
    })
    .describe(
      '−y·log p − (1 − y)·log(1 − p), summed over outputs and averaged over examples unless said otherwise.',
    ),
  (loss, prediction, site) => {
    const target = alignedTarget(loss.target, prediction, site);
    const formula = loss.from === 'logits' ? fromLogits : fromProbabilities;
    return formula(prediction, target, site);
  },
);

/** −y·log p − (1 − y)·log(1 − p), op by op as NumPy courses write it, so that J agrees with theirs to rounding. */
function fromProbabilities(p: MaybeNode, y: MaybeNode, site: Site): MaybeNode {
  const ones = site.apply('multiply', [site.apply('negate', [y]), site.apply('log', [p])]);
  const zeros = site.apply('multiply', [complement(y, site), site.apply('log', [complement(p, site)])]);
  return site.apply('subtract', [ones, zeros]);
}

/**
 * y·softplus(−z) + (1 − y)·softplus(z), the same with p = 1/(1 + e⁻ᶻ). Unlike softplus(z) − y·z it loses nothing where
 * z is large and right: both terms are positive.
 */
function fromLogits(z: MaybeNode, y: MaybeNode, site: Site): MaybeNode {
  const ones = site.apply('multiply', [y, site.apply('softplus', [site.apply('negate', [z])])]);
  const zeros = site.apply('multiply', [complement(y, site), site.apply('softplus', [z])]);
  return site.apply('add', [ones, zeros]);
}
