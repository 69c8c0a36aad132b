import { z } from 'zod';
import { formatShape, type Shape } from '../../tensors/tensor.ts';
import { layerKind } from './layer.ts';
import type { MaybeNode, Site } from './site.ts';

/**
 * Dropout with its mask fixed, as a cost that draws anew at every evaluation has no gradient to check. The mask's
 * entries multiply the activation; when the rate is given, the rest is scaled by 1/(1 − rate) ("inverted dropout").
 */
export const dropout = layerKind(
  'dropout',
  z
    .strictObject({
      type: z.literal('dropout'),
      rate: z
        .number()
        .min(0)
        .lt(1)
        .optional()
        .describe('The share dropped. When given, what is kept is multiplied by 1/(1 − rate).'),
      mask: z
        .string()
        .optional()
        .describe(
          'Name of the data tensor that multiplies the activation: of its shape, or broadcast to it.',
        ),
    })
    .describe('Needs a mask, or the rate 0, which does nothing: random draws cannot be checked.'),
  ({ rate, mask }, input, site) => {
    if (mask === undefined) {
      if (rate !== 0) {
        site.fault(
          'draws at random, which cannot be checked: name the mask that was used as "mask", or set "rate": 0',
        );
      }
      return input;
    }
    const masked = site.apply('multiply', [input, maskFor(mask, site.shapeOf(input), site)]) ?? input;
    return rate === undefined || rate === 0
      ? masked
      : site.apply('multiply', [masked, site.scalar(1 / (1 - rate))]);
  },
);

function maskFor(name: string, input: Shape | undefined, site: Site): MaybeNode {
  const mask = site.data(name, 'mask');
  const shape = site.shapeOf(mask);
  if (shape === undefined || input === undefined) return mask;
  const fits =
    shape.length <= 2 &&
    shape.every((length, i) => [1, input[input.length - shape.length + i]].includes(length));
  if (fits) return mask;
  site.fault(
    `${name} has shape ${formatShape(shape)}, which does not broadcast to its input's ${formatShape(input)}`,
    'mask',
  );
  return undefined;
}
