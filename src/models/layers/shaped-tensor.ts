import { formatShape, type Shape, sameShape } from '../../tensors/tensor.ts';
import type { MaybeNode, Site } from './site.ts';

/** The tensor that the field at `path` names, if it has one of these shapes; another one is a fault that names them. */
export function shapedTensor(
  name: string,
  fitting: readonly Shape[],
  site: Site,
  ...path: readonly string[]
): MaybeNode {
  const tensor = site.tensor(name, ...path);
  const shape = site.shapeOf(tensor);
  if (shape === undefined || fitting.some((fit) => sameShape(fit, shape))) return tensor;
  site.fault(
    `${name} has shape ${formatShape(shape)}, but ${fitting.map(formatShape).join(' or ')} would fit`,
    ...path,
  );
  return undefined;
}
