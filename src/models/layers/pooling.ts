import { z } from 'zod';
import { formatShape, type Shape } from '../../tensors/tensor.ts';
import { type LayerKind, layerKind } from './layer.ts';
import type { MaybeNode, Site } from './site.ts';
import {
  eachAxis,
  entriesInside,
  type ImageAxes,
  imageShape,
  paddingSchema,
  perAxis,
  slidingWindows,
  unfold,
  type WindowFields,
  type Windows,
} from './windows.ts';

function poolingFields(axes: ImageAxes) {
  return {
    size: perAxis(axes, 1).describe('How many entries a window has along each axis.'),
    stride: perAxis(axes, 1).optional().describe('Step from one window to the next; by default the size.'),
    padding: paddingSchema(axes),
  };
}

/** The largest entry of each window. The padding is never the largest. */
function maxPool(axes: ImageAxes): LayerKind {
  const type = `max-pool${axes}d`;
  return layerKind(
    type,
    z
      .strictObject({
        type: z.literal(type),
        ...poolingFields(axes),
        dilation: perAxis(axes, 1).default(1).describe('Step from one entry of the window to the next.'),
      })
      .describe('The largest entry of each window, channel by channel; the padding counts as −∞.'),
    (layer, input, site) => {
      const windows = poolingWindows(input, axes, { ...layer, stride: layer.stride ?? layer.size }, site);
      if (windows === undefined) return undefined;
      return overTaps('max', unfold(input, windows, 'lowest', site), axes, site);
    },
  );
}

/** The mean of each window. */
function averagePool(axes: ImageAxes): LayerKind {
  const type = `average-pool${axes}d`;
  return layerKind(
    type,
    z
      .strictObject({
        type: z.literal(type),
        ...poolingFields(axes),
        countPadding: z
          .boolean()
          .default(true)
          .describe('Whether the zeros of the padding count among the entries of a window.'),
      })
      .describe('The sum of the entries of each window, over their number, channel by channel.'),
    (layer, input, site) => {
      const fields = { ...layer, stride: layer.stride ?? layer.size, dilation: 1 };
      const windows = poolingWindows(input, axes, fields, site);
      const image = site.shapeOf(input);
      if (windows === undefined || image === undefined) return undefined;
      const patches = unfold(input, windows, 'zero', site);
      if (layer.countPadding) return overTaps('mean', patches, axes, site);
      const sums = overTaps('sum', patches, axes, site);
      return site.apply('divide', [sums, insideCounts(windows, image, site)]);
    },
  );
}

/** The windows of a pooling; one that sees nothing but padding is a fault. */
function poolingWindows(
  input: MaybeNode,
  axes: ImageAxes,
  fields: WindowFields & { readonly size: number | readonly number[] },
  site: Site,
): readonly Windows[] | undefined {
  if (!site.needsBatchFirst()) return undefined;
  const image = imageShape(input, axes, site);
  const windows = image && slidingWindows(image, eachAxis(fields.size, axes), fields, site);
  if (image === undefined || windows === undefined) return undefined;
  if (windows.every((window, axis) => !entriesInside(window, image[2 + axis]).includes(0))) return windows;
  site.fault(
    `has a window that lies wholly in the padding (its input has shape ${formatShape(image)})`,
    'padding',
  );
  return undefined;
}

/** Folds the axes of the taps of [examples, channels, …taps, …positions]. */
function overTaps(op: 'max' | 'mean' | 'sum', patches: MaybeNode, axes: ImageAxes, site: Site): MaybeNode {
  return site.apply(op, [patches], { axes: axes === 1 ? [2] : [2, 3], keepDims: false });
}

/** How many entries of each window lie on the image, in the shape of the positions. */
function insideCounts(windows: readonly Windows[], image: Shape, site: Site): MaybeNode {
  const counts = windows.map((window, axis) => entriesInside(window, image[2 + axis]));
  const products = counts.reduce((all, next) => all.flatMap((count) => next.map((other) => count * other)));
  const shape = windows.map(({ positions }) => positions);
  return site.constant(shape, Float64Array.from(products));
}

/** Folds an image to one number per channel. */
function globalPool(type: string, op: 'max' | 'mean', formula: string): LayerKind {
  return layerKind(
    type,
    z.strictObject({ type: z.literal(type) }).describe(formula),
    (_layer, input, site) => {
      if (!site.needsBatchFirst()) return undefined;
      const shape = site.shapeOf(input);
      if (shape === undefined) return undefined;
      if (shape.length < 3) {
        site.fault(`its input has shape ${formatShape(shape)}, but it takes [examples,channels,…lengths]`);
        return undefined;
      }
      return site.apply(op, [input], { axes: shape.slice(2).map((_, axis) => 2 + axis), keepDims: false });
    },
  );
}

export const poolings: readonly LayerKind[] = [
  maxPool(1),
  maxPool(2),
  averagePool(1),
  averagePool(2),
  globalPool('global-max-pool', 'max', 'The largest entry of each channel: [examples, channels].'),
  globalPool('global-average-pool', 'mean', 'The mean of each channel: [examples, channels].'),
];
