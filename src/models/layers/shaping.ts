import { z } from 'zod';
import { formatShape, sizeOf } from '../../tensors/tensor.ts';
import { type LayerKind, layerKind } from './layer.ts';

const flatten = layerKind(
  'flatten',
  z
    .strictObject({ type: z.literal('flatten') })
    .describe('All that an example has as its features, row-major: [m, …] to [m, n].'),
  (_layer, input, site) => {
    const shape = site.shapeOf(input);
    // With features-first an activation is flat already.
    if (shape === undefined || site.layout.name === 'features-first') return input;
    return site.reshape(input, [shape[0], sizeOf(shape.slice(1))]);
  },
);

const reshape = layerKind(
  'reshape',
  z
    .strictObject({
      type: z.literal('reshape'),
      shape: z
        .array(z.int().min(1))
        .min(1)
        .describe('The shape of one example: [3,4] makes [m,3,4] of [m,12] or of [m,2,6].'),
    })
    .describe('The entries of each example in another shape, row-major.'),
  ({ shape }, input, site) => {
    const before = site.shapeOf(input);
    if (!site.needsBatchFirst() || before === undefined) return undefined;
    const own = before.slice(1);
    if (sizeOf(own) === sizeOf(shape)) return site.reshape(input, [before[0], ...shape]);
    site.fault(
      `${formatShape(shape)} has ${sizeOf(shape)} entries, but an example of its input, ${formatShape(own)}, has ` +
        `${sizeOf(own)}`,
      'shape',
    );
    return undefined;
  },
);

const transpose = layerKind(
  'transpose',
  z
    .strictObject({
      type: z.literal('transpose'),
      axes: z
        .array(z.int().min(0))
        .min(1)
        .describe(
          'For each axis of the output, the axis of the input that it is: [0,2,1] swaps the last two.',
        ),
    })
    .describe('The axes in another order; axis 0, that of the examples, stays.'),
  ({ axes }, input, site) => {
    const shape = site.shapeOf(input);
    if (!site.needsBatchFirst() || shape === undefined) return undefined;
    const isPermutation = axes.length === shape.length && shape.every((_, axis) => axes.includes(axis));
    if (isPermutation && axes[0] === 0) return site.apply('transpose', [input], { axes });
    site.fault(
      isPermutation
        ? 'axis 0 is that of the examples, and stays the first'
        : `${formatShape(axes)} is no order of the axes of its input's shape ${formatShape(shape)}`,
      'axes',
    );
    return undefined;
  },
);

/** Layers that leave every entry as it is and lay it out anew. */
export const shaping: readonly LayerKind[] = [flatten, reshape, transpose];
