import { z } from 'zod';
import { formatShape, type Shape } from '../../tensors/tensor.ts';
import { convolutionFields, withBias } from './convolution.ts';
import { type LayerKind, layerKind } from './layer.ts';
import type { MaybeNode, Site } from './site.ts';
import { eachAxis, type ImageAxes, imageShape, perAxis, unfold, type Windows } from './windows.ts';

interface Steps {
  readonly stride: number | readonly number[];
  readonly dilation: number | readonly number[];
  readonly padding: number | readonly number[];
  readonly outputPadding: number | readonly number[];
}

/** The transposed map of a convolution: every entry of the input puts the window, times itself, onto the output. */
function transposedConvolution(axes: ImageAxes): LayerKind {
  const type = `conv-transpose${axes}d`;
  return layerKind(
    type,
    z
      .strictObject({
        type: z.literal(type),
        ...convolutionFields(axes, `[channels,outputs / groups,${axes === 1 ? 'taps' : 'rows,columns'}]`),
        padding: perAxis(axes, 0).default(0).describe('Entries that are cut off before and after each axis.'),
        outputPadding: perAxis(axes, 0)
          .default(0)
          .describe('Entries added after each axis; fewer than the stride or the dilation.'),
      })
      .describe(
        'z[o, p·stride + t·dilation − padding] += W[c, o, t]·x[c, p], for every channel c, tap t and position p.',
      ),
    (layer, input, site) => {
      if (!site.needsBatchFirst()) return undefined;
      const weights = site.tensor(layer.weights, 'weights');
      const image = imageShape(input, axes, site);
      const shape = site.shapeOf(weights);
      if (image === undefined || shape === undefined) return undefined;
      if (!weightsFit(layer.weights, shape, image, layer.groups, site)) return undefined;
      const windows = turnedWindows(image, shape.slice(2), layer, site);
      if (windows === undefined) return undefined;
      const turned = outputsFirst(weights, shape, layer.groups, site);
      const product = site.apply('patch-product', [unfold(input, windows, 'zero', site), turned]);
      return withBias(product, layer.bias, shape[1] * layer.groups, site);
    },
  );
}

/**
 * Position q of the output takes x[(q + padding − t·dilation) / stride] by tap t, where that is an index: windows that
 * are turned round, on an input with stride − 1 zeros between its entries.
 */
function turnedWindows(
  image: Shape,
  taps: readonly number[],
  steps: Steps,
  site: Site,
): Windows[] | undefined {
  const axes = taps.length === 1 ? 1 : 2;
  const strides = eachAxis(steps.stride, axes);
  const dilations = eachAxis(steps.dilation, axes);
  const paddings = eachAxis(steps.padding, axes);
  const outputPaddings = eachAxis(steps.outputPadding, axes);
  if (outputPaddings.some((extra, axis) => extra >= Math.max(strides[axis], dilations[axis]))) {
    site.fault('must be less than the stride or the dilation', 'outputPadding');
    return undefined;
  }
  const windows = image.slice(2).map((length, axis): Windows => {
    const extent = dilations[axis] * (taps[axis] - 1) + 1;
    return {
      taps: taps[axis],
      positions: (length - 1) * strides[axis] + extent - 2 * paddings[axis] + outputPaddings[axis],
      stride: 1,
      dilation: -dilations[axis],
      start: paddings[axis],
      spacing: strides[axis],
    };
  });
  if (windows.every(({ positions }) => positions >= 1)) return windows;
  site.fault(
    `its padding leaves nothing of the output (its input has shape ${formatShape(image)})`,
    'padding',
  );
  return undefined;
}

/** [channels, outputs / groups, …taps] as [outputs, channels / groups, …taps], group by group. */
function outputsFirst(
  weights: MaybeNode,
  [channels, outputs, ...taps]: Shape,
  groups: number,
  site: Site,
): MaybeNode {
  const parted = site.reshape(weights, [groups, channels / groups, outputs, ...taps]);
  const axes = [0, 2, 1, ...taps.map((_, axis) => 3 + axis)];
  return site.reshape(site.apply('transpose', [parted], { axes }), [
    outputs * groups,
    channels / groups,
    ...taps,
  ]);
}

function weightsFit(name: string, weights: Shape, image: Shape, groups: number, site: Site): boolean {
  const channels = image[1];
  const detail = () => {
    if (weights.length !== image.length) {
      return `but weights have ${image.length} axes, [channels,outputs / groups,…taps]`;
    }
    if (weights[0] !== channels) {
      const fitting = formatShape([channels, ...weights.slice(1)]);
      return `but its input has ${channels} channels: ${fitting} would fit`;
    }
    return channels % groups === 0
      ? undefined
      : `whose ${channels} channels cannot be parted into ${groups} groups`;
  };
  const problem = detail();
  if (problem !== undefined) site.fault(`${name} has shape ${formatShape(weights)}, ${problem}`, 'weights');
  return problem === undefined;
}

export const transposedConvolutions: readonly LayerKind[] = [
  transposedConvolution(1),
  transposedConvolution(2),
];
