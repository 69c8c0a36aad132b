import { z } from 'zod';
import { formatShape } from '../../tensors/tensor.ts';
import { channelParameter } from './channel-parameter.ts';
import { layerKind } from './layer.ts';
import { epsilonSchema, momentsOver, overRoot, scaleAndShift } from './standardization.ts';

/** Group normalisation (Wu and He 2018): the channels of each example in groups. As many groups as channels is instance norm. */
export const groupNorm = layerKind(
  'group-norm',
  z
    .strictObject({
      type: z.literal('group-norm'),
      groups: z.number().int().min(1).describe('Channels are parted into so many groups in their order.'),
      gain: z.string().optional().describe('Name of the gain γ: one number per channel, [channels].'),
      bias: z.string().optional().describe('Name of the bias β: one number per channel, [channels].'),
      epsilon: epsilonSchema,
    })
    .describe(
      'γ·(x − mean)/√(variance + ε) + β, mean and variance (divided by n) over each group of an example.',
    ),
  (layer, input, site) => {
    if (!site.needsBatchFirst()) return undefined;
    const shape = site.shapeOf(input);
    if (shape === undefined) return undefined;
    const [examples, channels, ...lengths] = shape;
    if (shape.length < 2 || channels % layer.groups !== 0) {
      const problem = shape.length < 2 ? 'has no channels' : `cannot be parted into ${layer.groups} groups`;
      site.fault(
        `its input of shape ${formatShape(shape)} ${problem}: it takes [examples,channels,…]`,
        'groups',
      );
      return undefined;
    }
    const grouped = site.reshape(input, [examples, layer.groups, channels / layer.groups, ...lengths]);
    const axes = [2, ...lengths.map((_, axis) => 3 + axis)];
    const { centred, variance } = momentsOver(grouped, axes, site);
    const standard = site.reshape(overRoot(centred, variance, layer.epsilon, site), shape);
    const place = { axis: 1, rank: shape.length };
    return scaleAndShift(
      standard,
      layer,
      (name, field) => channelParameter(name, field, channels, place, site),
      site,
    );
  },
);
