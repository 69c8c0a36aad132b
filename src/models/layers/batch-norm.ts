import { z } from 'zod';
import { formatShape, type Shape, sizeOf } from '../../tensors/tensor.ts';
import { channelParameter } from './channel-parameter.ts';
import { layerKind } from './layer.ts';
import type { MaybeNode, Site } from './site.ts';
import { epsilonSchema, type Moments, momentsOver, overRoot, scaleAndShift } from './standardization.ts';

/**
 * Batch normalisation (Ioffe and Szegedy 2015). Channels are the second axis with batch-first ([m, features] and
 * [m, channels, …lengths], as PyTorch has it) and the first one with features-first. In training the statistics are
 * those of the batch, and they move with θ: that is what a training step differentiates. With running statistics named,
 * they are numbers that stay as they are.
 */
export const batchNorm = layerKind(
  'batch-norm',
  z
    .strictObject({
      type: z.literal('batch-norm'),
      gain: z.string().optional().describe('Name of the gain γ: one number per channel, [channels].'),
      bias: z.string().optional().describe('Name of the bias β: one number per channel, [channels].'),
      runningMean: z
        .string()
        .optional()
        .describe('Name of the running means, [channels]: data, used instead of those of the batch.'),
      runningVariance: z
        .string()
        .optional()
        .describe('Name of the running variances; goes with runningMean.'),
      epsilon: epsilonSchema,
    })
    .describe(
      'γ·(x − mean)/√(variance + ε) + β. Without running statistics, mean and variance (divided by n) of each channel ' +
        'over the batch and every other axis, as in training.',
    ),
  (layer, input, site) => {
    const shape = site.shapeOf(input);
    const axis = site.layout.name === 'features-first' ? 0 : 1;
    if (shape === undefined) return undefined;
    if (shape.length < 2) {
      site.fault(`its input has shape ${formatShape(shape)}, but it takes [examples,channels,…]`);
      return undefined;
    }
    const place = { axis, rank: shape.length };
    const aligned = (name: string, field: string) => channelParameter(name, field, shape[axis], place, site);
    const moments = runningMoments(layer, input, aligned, site) ?? batchMoments(input, shape, axis, site);
    const { centred, variance } = moments;
    return scaleAndShift(overRoot(centred, variance, layer.epsilon, site), layer, aligned, site);
  },
);

interface Statistics {
  readonly runningMean?: string | undefined;
  readonly runningVariance?: string | undefined;
}

/** Undefined where no running statistics are named. Only one of the two is a fault. */
function runningMoments(
  { runningMean, runningVariance }: Statistics,
  input: MaybeNode,
  aligned: (name: string, field: string) => MaybeNode,
  site: Site,
): Moments | undefined {
  if (runningMean === undefined && runningVariance === undefined) return undefined;
  if (runningMean === undefined || runningVariance === undefined) {
    site.fault('needs both running statistics, "runningMean" and "runningVariance", or neither');
    return { centred: undefined, variance: undefined };
  }
  const mean = aligned(runningMean, 'runningMean');
  const variance = aligned(runningVariance, 'runningVariance');
  return { centred: site.apply('subtract', [input, mean]), variance };
}

function batchMoments(input: MaybeNode, shape: Shape, axis: number, site: Site): Moments {
  if (sizeOf(shape.toSpliced(axis, 1)) < 2) {
    site.fault(
      `its input has shape ${formatShape(shape)}: one entry per channel has no variance; name running statistics`,
    );
    return { centred: undefined, variance: undefined };
  }
  const axes = shape.flatMap((_, i) => (i === axis ? [] : [i]));
  return momentsOver(input, axes, site);
}
