import { formatShape } from '../../tensors/tensor.ts';
import type { MaybeNode, Site } from './site.ts';

/**
 * A tensor with one entry per feature (a bias), in the shape in which it broadcasts over the examples. It is sent as
 * [n,1] or [n] when features come first, as [n] or [1,n] when examples do.
 * @param reason why it must have `count` entries, for the fault: `the layer has 3 outputs`.
 */
export function perFeature(
  name: string,
  field: string,
  count: number,
  reason: string,
  site: Site,
): MaybeNode {
  const entries = site.tensor(name, field);
  const shape = site.shapeOf(entries);
  if (shape === undefined) return undefined;
  const isColumn = site.layout.name === 'features-first';
  const fitting = isColumn ? [[count, 1], [count]] : [[count], [1, count]];
  if (fitting.some((fit) => fit.join() === shape.join())) {
    return isColumn ? site.reshape(entries, [count, 1]) : entries;
  }
  site.fault(
    `${name} has shape ${formatShape(shape)}, but ${reason}: ${fitting.map(formatShape).join(' or ')} would fit`,
    field,
  );
  return undefined;
}
