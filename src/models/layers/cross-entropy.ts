import { z } from 'zod';
import { lossKind, overExamples, overOutputs, reductionSchema, targetSchema } from './loss.ts';
import { classTarget } from './target.ts';

/** Cross-entropy over the features as classes: −log p of the right class, or −Σ y·log p for one-hot targets. */
export const crossEntropy = lossKind(
  'cross-entropy',
  z
    .strictObject({
      type: z.literal('cross-entropy'),
      target: targetSchema.describe(
        'Name of the classes: whole numbers from 0 on, one per example ([m]), or one-hot in the shape of the prediction.',
      ),
      from: z
        .enum(['logits', 'probabilities'])
        .default('logits')
        .describe(
          'What the last layer gives: logits (softmax is part of the loss) or probabilities (after a softmax).',
        ),
      reduction: reductionSchema,
    })
    .describe('−log p of the right class, averaged over examples unless said otherwise.'),
  (loss, prediction, site) => {
    const axis = site.layout.featureAxis;
    const target = classTarget(loss.target, prediction, site);
    if (site.shapeOf(prediction)?.[axis] === 1) {
      site.fault('the prediction has one class only; "binary-cross-entropy" is the loss for a single output');
    }
    // log-softmax takes the largest logit off first, so no exponential overflows and none is lost.
    const log =
      loss.from === 'logits'
        ? site.apply('log-softmax', [prediction], { axis })
        : site.apply('log', [prediction]);
    const logLikelihood =
      target?.kind === 'indices'
        ? site.apply('pick', [log, target.node], { axis })
        : overOutputs('sum', site.apply('multiply', [target?.node, log]), site);
    return overExamples(loss.reduction, site.apply('negate', [logLikelihood]), site);
  },
);
