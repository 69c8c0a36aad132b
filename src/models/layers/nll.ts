import { z } from 'zod';
import { negativeLogLikelihood } from './log-likelihood.ts';
import { lossKind, overExamples, overOutputs, positionsSchema, reductionSchema } from './loss.ts';
import { classTargetSchema } from './target.ts';

/** Cross-entropy of a prediction that is log p already, as log-softmax gives it (PyTorch's NLLLoss). */
export const nll = lossKind(
  'nll',
  z
    .strictObject({
      type: z.literal('nll'),
      target: classTargetSchema,
      reduction: reductionSchema,
      outputs: positionsSchema,
    })
    .describe(
      '−q of the right class, where the prediction q is log p; averaged over examples unless said otherwise.',
    ),
  (loss, prediction, site) => {
    const losses = negativeLogLikelihood(loss.target, prediction, site);
    return overExamples(loss.reduction, overOutputs(loss.outputs, losses, site), site);
  },
);
