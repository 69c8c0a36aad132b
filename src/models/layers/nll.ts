import { z } from 'zod';
import { negativeLogLikelihood } from './log-likelihood.ts';
import { lossKind } from './loss.ts';
import { classTargetSchema } from './target.ts';

/** Cross-entropy of a prediction that is log p already, as log-softmax gives it (PyTorch's NLLLoss). */
export const nll = lossKind(
  'nll',
  'position',
  z
    .strictObject({
      type: z.literal('nll'),
      target: classTargetSchema,
    })
    .describe(
      '−q of the right class, where the prediction q is log p; averaged over examples unless said otherwise.',
    ),
  (loss, prediction, site) => {
    return negativeLogLikelihood(loss.target, prediction, site);
  },
);
