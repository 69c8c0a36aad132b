import { sizeOf } from '../../../src/tensors/tensor.ts';
import type { Adjoint, Adjoints } from './adjoint.ts';
import { broadcastPlaces } from './broadcast.ts';

/** where(condition, a, b): each entry goes back to the one it was taken from. */
const where: Adjoint = ({ node, shapes, inputs: [condition], adjoint, round }) => {
  const places = shapes.map((shape) => broadcastPlaces(shape, node.shape));
  const gradients = shapes.map((shape) => new Float64Array(sizeOf(shape)));
  adjoint.forEach((value, i) => {
    const taken = condition[places[0][i]] !== 0 ? 1 : 2;
    const entry = places[taken][i];
    gradients[taken][entry] = round(gradients[taken][entry] + value);
  });
  return [undefined, gradients[1], gradients[2]];
};

export const selection: Adjoints = { where };
