import type { MaybeNode, Site } from './site.ts';
import { classTarget } from './target.ts';

/**
 * −Σ y·log p over the classes, which are the features: of every example, and of every position where the prediction has
 * more axes. For class indices it is −log p of the class that the target names.
 */
export function negativeLogLikelihood(target: string, logarithms: MaybeNode, site: Site): MaybeNode {
  const axis = site.featureAxis(logarithms);
  const classes = classTarget(target, logarithms, site);
  if (axis === undefined || classes === undefined) return undefined;
  if (site.shapeOf(logarithms)?.[axis] === 1) {
    site.fault('the prediction has one class only; "binary-cross-entropy" is the loss for a single output');
  }
  const likelihood =
    classes.kind === 'indices'
      ? site.apply('pick', [logarithms, classes.node], { axis })
      : site.apply('sum', [site.apply('multiply', [classes.node, logarithms])], {
          axes: [axis],
          keepDims: false,
        });
  return site.apply('negate', [likelihood]);
}
