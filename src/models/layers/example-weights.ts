import { z } from 'zod';
import { formatShape, type Shape, sameShape } from '../../tensors/tensor.ts';
import type { MaybeNode, Site } from './site.ts';

export const exampleWeightsSchema = z
  .string()
  .optional()
  .describe(
    'Name of the data that multiplies the losses before they are added up: [m], one number per example; or one per ' +
      'position or per output. 0 leaves one out: reduction mean divides by m all the same.',
  );

/** Losses, entry by entry, each times its weight. Weights that lack the last axes of the losses serve all along them. */
export function weighted(name: string | undefined, losses: MaybeNode, site: Site): MaybeNode {
  if (name === undefined) return losses;
  const weights = site.data(name, 'exampleWeights');
  const [shape, wanted] = [site.shapeOf(weights), site.shapeOf(losses)];
  if (shape === undefined || wanted === undefined) return losses;
  const fitting = site.layout.name === 'batch-first' ? leadingAxes(wanted) : columns(wanted);
  const found = fitting.find((fit) => sameShape(fit.shape, shape));
  if (found !== undefined) return site.apply('multiply', [losses, site.reshape(weights, found.spread)]);
  site.fault(
    `${name} has shape ${formatShape(shape)}, but the losses have shape ${formatShape(wanted)}: ` +
      `${fitting.map((fit) => formatShape(fit.shape)).join(' or ')} would fit`,
    'exampleWeights',
  );
  return losses;
}

/** A shape that weights may have, and that in which they broadcast over the losses. */
interface Fit {
  readonly shape: Shape;
  readonly spread: Shape;
}

/** [m], [m, time], … up to all axes of the losses. */
function leadingAxes(losses: Shape): Fit[] {
  return losses.map((_, axis) => ({
    shape: losses.slice(0, axis + 1),
    spread: losses.map((length, i) => (i <= axis ? length : 1)),
  }));
}

/** [m], or [features, m] where the losses are that. */
function columns(losses: Shape): Fit[] {
  const [examples] = losses.slice(-1);
  if (losses.length === 1) return [{ shape: losses, spread: losses }];
  return [
    { shape: [examples], spread: [1, examples] },
    { shape: losses, spread: losses },
  ];
}
