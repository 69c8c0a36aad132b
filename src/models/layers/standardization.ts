import { z } from 'zod';
import type { MaybeNode, Site } from './site.ts';

export const epsilonSchema = z
  .number()
  .min(0)
  .default(1e-5)
  .describe('Added to the variance, or to the mean square, before its root is taken.');

/** x − mean, and the mean of its squares, over some axes that are kept at length 1. */
export interface Moments {
  readonly centred: MaybeNode;
  /** Σ (x − mean)²/n: the variance that is divided by n, not by n − 1. */
  readonly variance: MaybeNode;
}

export function momentsOver(input: MaybeNode, axes: readonly number[], site: Site): Moments {
  const mean = site.apply('mean', [input], { axes, keepDims: true });
  const centred = site.apply('subtract', [input, mean]);
  return { centred, variance: meanSquare(centred, axes, site) };
}

export function meanSquare(input: MaybeNode, axes: readonly number[], site: Site): MaybeNode {
  return site.apply('mean', [site.apply('square', [input])], { axes, keepDims: true });
}

/** x / √(square + ε). */
export function overRoot(input: MaybeNode, square: MaybeNode, epsilon: number, site: Site): MaybeNode {
  const root = site.apply('sqrt', [site.apply('add', [square, site.scalar(epsilon)])]);
  return site.apply('divide', [input, root]);
}

/** gain·x + bias, of which either may be left out. */
export function scaleAndShift(
  input: MaybeNode,
  { gain, bias }: { readonly gain?: string | undefined; readonly bias?: string | undefined },
  aligned: (name: string, field: 'gain' | 'bias') => MaybeNode,
  site: Site,
): MaybeNode {
  const scaled = gain === undefined ? input : site.apply('multiply', [input, aligned(gain, 'gain')]);
  return bias === undefined ? scaled : site.apply('add', [scaled, aligned(bias, 'bias')]);
}
