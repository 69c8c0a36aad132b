import { numberList, wholeNumber } from '../../../src/graph/ops/attributes.ts';
import { type Shape, sizeOf, stridesOf, unravel } from '../../../src/tensors/tensor.ts';
import type { Adjoint, Adjoints, Local } from './adjoint.ts';
import { broadcastPlaces } from './broadcast.ts';

/** The entry of an input that an output's entry is a copy of; none where it is padding. */
interface Source {
  readonly input: number;
  readonly entry: number;
}

/** The adjoint of an op that moves entries or repeats them: what was passed on comes back to where it was taken from. */
const moving =
  (sourcesOf: (local: Local) => readonly (Source | undefined)[]): Adjoint =>
  (local) => {
    const gradients = local.shapes.map((shape) => new Float64Array(sizeOf(shape)));
    sourcesOf(local).forEach((source, i) => {
      if (source === undefined) return;
      const gradient = gradients[source.input];
      gradient[source.entry] = local.round(gradient[source.entry] + local.adjoint[i]);
    });
    return gradients;
  };

const fromFirst = (entry: number): Source => ({ input: 0, entry });

/** Calls `sourceAt` with the indices of every output entry. */
function eachIndex<Result>(shape: Shape, sourceAt: (index: readonly number[]) => Result): Result[] {
  return Array.from({ length: sizeOf(shape) }, (_, i) => sourceAt(unravel(i, shape)));
}

const entryAt = (index: readonly number[], shape: Shape): number =>
  stridesOf(shape).reduce((entry, stride, axis) => entry + stride * index[axis], 0);

function transposed({ node, shapes: [shape] }: Local): Source[] {
  const axes = numberList(node.attributes, 'axes');
  return eachIndex(node.shape, (index) =>
    fromFirst(
      entryAt(
        shape.map((_, axis) => index[axes.indexOf(axis)]),
        shape,
      ),
    ),
  );
}

function sliced({ node, shapes: [shape] }: Local): Source[] {
  const [starts, steps] = ['starts', 'steps'].map((name) => numberList(node.attributes, name));
  return eachIndex(node.shape, (index) =>
    fromFirst(
      entryAt(
        index.map((each, axis) => starts[axis] + each * steps[axis]),
        shape,
      ),
    ),
  );
}

function joined({ node, shapes }: Local): Source[] {
  const along = wholeNumber(node.attributes, 'axis');
  return eachIndex(node.shape, (index) => {
    let [input, rest] = [0, index[along]];
    while (rest >= shapes[input][along]) rest -= shapes[input++][along];
    return { input, entry: entryAt(index.with(along, rest), shapes[input]) };
  });
}

/** Windows: [n, c, …taps, …positions] of [n, c, …lengths]. */
function unfolded({ node, shapes: [shape] }: Local): (Source | undefined)[] {
  const [strides, dilations, starts, spacings] = ['strides', 'dilations', 'starts', 'spacings'].map((name) =>
    numberList(node.attributes, name),
  );
  const axes = shape.length - 2;
  return eachIndex(node.shape, (index) => {
    const places = starts.map((start, axis) => {
      const tap = index[2 + axis] * dilations[axis];
      return (start + index[2 + axes + axis] * strides[axis] + tap) / spacings[axis];
    });
    const isInside = places.every(
      (place, axis) => Number.isInteger(place) && place >= 0 && place < shape[2 + axis],
    );
    return isInside ? fromFirst(entryAt([...index.slice(0, 2), ...places], shape)) : undefined;
  });
}

/** Of each line along an axis the entry that the second input names. */
function picked({ node, shapes: [shape], inputs: [, chosen] }: Local): Source[] {
  const axis = wholeNumber(node.attributes, 'axis');
  return eachIndex(node.shape, (index) => index).map((index, i) =>
    fromFirst(entryAt(index.toSpliced(axis, 0, chosen[i]), shape)),
  );
}

/** The rows of a table that the second input names. */
function takenRows({ node, shapes: [[, ...rest]], inputs: [, rows] }: Local): Source[] {
  const width = sizeOf(rest);
  return Array.from({ length: sizeOf(node.shape) }, (_, i) =>
    fromFirst(rows[Math.floor(i / width)] * width + (i % width)),
  );
}

export const movement: Adjoints = {
  reshape: moving(({ adjoint }) => Array.from(adjoint, (_, i) => fromFirst(i))),
  'broadcast-to': moving(({ node, shapes: [shape] }) => broadcastPlaces(shape, node.shape).map(fromFirst)),
  transpose: moving(transposed),
  slice: moving(sliced),
  concat: moving(joined),
  unfold: moving(unfolded),
  pick: moving(picked),
  'take-rows': moving(takenRows),
};
