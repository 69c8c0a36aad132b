import { numberList } from '../../../src/graph/ops/attributes.ts';
import { sizeOf, stridesOf, unravel } from '../../../src/tensors/tensor.ts';
import type { Adjoint, Adjoints, Local } from './adjoint.ts';

/** For each entry of the input the entry of the output that it is reduced to. */
function reducedPlaces({ node, shapes: [shape] }: Local): number[] {
  const axes = numberList(node.attributes, 'axes');
  const kept = shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
  const strides = stridesOf(kept);
  return Array.from({ length: sizeOf(shape) }, (_, i) =>
    unravel(i, shape).reduce(
      (place, index, axis) => (axes.includes(axis) ? place : place + index * strides[axis]),
      0,
    ),
  );
}

/** `scale` is told how many entries are reduced to one. */
const spreadOut =
  (scale: (count: number) => number): Adjoint =>
  (local) => {
    const { shapes, adjoint, round } = local;
    const factor = scale(sizeOf(shapes[0]) / Math.max(1, adjoint.length));
    return [Float64Array.from(reducedPlaces(local), (place) => round(factor * adjoint[place]))];
  };

/** max and min pass everything on to the first entry that they take. */
const toTheChosen: Adjoint = (local) => {
  const { inputs, output, adjoint } = local;
  const gradient = new Float64Array(inputs[0].length);
  const taken = new Set<number>();
  reducedPlaces(local).forEach((place, i) => {
    if (taken.has(place) || inputs[0][i] !== output[place]) return;
    taken.add(place);
    gradient[i] = adjoint[place];
  });
  return [gradient];
};

export const reductions: Adjoints = {
  sum: spreadOut(() => 1),
  mean: spreadOut((count) => 1 / count),
  max: toTheChosen,
  min: toTheChosen,
};
