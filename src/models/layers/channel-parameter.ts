import { formatShape } from '../../tensors/tensor.ts';
import type { MaybeNode, Site } from './site.ts';

/**
 * A tensor of one number per channel (a bias, a gain, running statistics) in the shape in which it broadcasts along
 * axis `axis` of an activation of `rank` axes. Another shape than [channels] is a fault of the field.
 */
export function channelParameter(
  name: string,
  field: string,
  channels: number,
  { axis, rank }: { readonly axis: number; readonly rank: number },
  site: Site,
): MaybeNode {
  const tensor = site.tensor(name, field);
  const shape = site.shapeOf(tensor);
  if (shape === undefined) return undefined;
  if (shape.length === 1 && shape[0] === channels) {
    return site.reshape(tensor, [channels, ...new Array<number>(rank - 1 - axis).fill(1)]);
  }
  site.fault(
    `${name} has shape ${formatShape(shape)}, but there are ${channels} channels: [${channels}] would fit`,
    field,
  );
  return undefined;
}
