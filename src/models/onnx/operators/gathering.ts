import { formatShape, type Shape, sizeOf, stridesOf } from '../../../tensors/tensor.ts';
import type { NodeSite } from '../node-site.ts';
import type { OnnxValue } from '../onnx-value.ts';
import { type OnnxOperator, operator } from '../operator.ts';
import { slicedAlong } from './cutting.ts';
import { pickedEntries } from './picked-entries.ts';

/** Operators that take the entries that indices name. The indices must be known: no θ may move them. */
export const gathering: readonly OnnxOperator[] = [
  operator('Gather', 1, gather),
  operator('GatherElements', 11, gatherElements),
  operator('GatherND', 11, gatherPoints),
  operator('Compress', 9, compress),
  operator('ReverseSequence', 10, reverseSequence),
  operator('OneHot', 9, oneHot),
];

/** Indices from 0 on: negative ones, which count from the end, put right. */
export function indicesWithin(node: NodeSite, indices: OnnxValue, length: number): number[] {
  return node.needIntegers(indices, 'the indices').map((index) => {
    const counted = index < 0 ? index + length : index;
    if (counted >= 0 && counted < length) return counted;
    return node.refuse(`the index ${index} is outside an axis of length ${length}`);
  });
}

/** The same as a value: as it is, where there are no negative ones. */
function placesWithin(node: NodeSite, indices: OnnxValue, length: number): OnnxValue {
  const counted = indicesWithin(node, indices, length);
  const given = node.needKnown(indices, 'the indices');
  if (counted.every((index, i) => index === given[i])) return indices;
  return node.constant('int64', indices.shape, Float64Array.from(counted));
}

/** Indices, as a vector. */
export function places(node: NodeSite, indices: readonly number[]): OnnxValue {
  return node.constant('int64', [indices.length], Float64Array.from(indices));
}

/** The entries at some places, from 0 on, along an axis, which the places' axes take the place of. */
export function takenAlong(node: NodeSite, x: OnnxValue, axis: number, chosen: OnnxValue): OnnxValue {
  node.checkSize([...chosen.shape, ...x.shape.toSpliced(axis, 1)]);
  const front = x.shape.map((_, i) => i).toSpliced(axis, 1);
  const taken = node.apply('take-rows', [node.transpose(x, [axis, ...front]), chosen]);
  // From [places, before, after] to [before, places, after].
  const axes = taken.shape.map((_, i) => i);
  const [own, others] = [axes.slice(0, chosen.shape.length), axes.slice(chosen.shape.length)];
  return node.transpose(taken, others.toSpliced(axis, 0, ...own));
}

function gather(node: NodeSite): OnnxValue {
  const [x, indices] = [node.input(0), node.input(1)];
  const axis = node.axis(node.attributes.int('axis') ?? 0, x.shape.length);
  if (indices.shape.length > 0) return takenAlong(node, x, axis, placesWithin(node, indices, x.shape[axis]));
  const [index] = indicesWithin(node, indices, x.shape[axis]);
  return node.reshape(slicedAlong(node, x, axis, index, index + 1), x.shape.toSpliced(axis, 1));
}

/** Of each line along an axis, the entries that the same line of the indices names. */
function gatherElements(node: NodeSite): OnnxValue {
  const [x, indices] = [node.input(0), node.input(1)];
  const axis = node.axis(node.attributes.int('axis') ?? 0, x.shape.length);
  const { shape } = indices;
  if (shape.length !== x.shape.length || shape.some((length, i) => i !== axis && length > x.shape[i])) {
    node.refuse(`indices of shape ${formatShape(shape)} do not fit ${formatShape(x.shape)}`);
  }
  const chosen = indicesWithin(node, indices, x.shape[axis]);
  const isOneEach = shape.every((length, i) => length === (i === axis ? 1 : x.shape[i]));
  if (isOneEach) {
    const picked = node.reshape(placesWithin(node, indices, x.shape[axis]), shape.toSpliced(axis, 1));
    return node.reshape(node.apply('pick', [x, picked], { axis }), shape);
  }
  return pickedEntries(node, [x], shape, elementPlaces(x.shape, shape, axis, chosen));
}

/** For each entry of `shape` the place in `from` at the same indices, but along `axis` at the one it is given. */
export function elementPlaces(from: Shape, shape: Shape, axis: number, chosen: readonly number[]): number[] {
  const strides = stridesOf(from);
  const steps = stridesOf(shape);
  return chosen.map((index, i) =>
    shape.reduce((place, length, at) => {
      const own = at === axis ? index : Math.floor(i / steps[at]) % length;
      return place + own * strides[at];
    }, 0),
  );
}

/** The last axis of the indices names points or slices of x, each within the batch that it stands in. */
function gatherPoints(node: NodeSite): OnnxValue {
  const [x, indices] = [node.input(0), node.input(1)];
  const batch = node.attributes.int('batch_dims') ?? 0;
  const { starts, width } = pointPlaces(node, x.shape, indices, batch);
  const shape = [...indices.shape.slice(0, -1), ...x.shape.slice(batch + (indices.shape.at(-1) ?? 0))];
  node.checkFolded(shape);
  const table = starts.flatMap((start) => Array.from({ length: width }, (_, i) => start + i));
  return pickedEntries(node, [x], shape, table);
}

/** Where the slices that the last axis of the indices names start in a value of some shape, and how long they are. */
export function pointPlaces(
  node: NodeSite,
  shape: Shape,
  indices: OnnxValue,
  batch: number,
): { readonly starts: readonly number[]; readonly width: number } {
  const depth = indices.shape.at(-1) ?? 0;
  const own = shape.slice(batch, batch + depth);
  const fits =
    depth > 0 && own.length === depth && indices.shape.slice(0, batch).every((each, i) => each === shape[i]);
  if (!fits) node.refuse(`indices of shape ${formatShape(indices.shape)} do not fit ${formatShape(shape)}`);
  const entries = node.needIntegers(indices, 'the indices');
  const strides = stridesOf(shape).slice(batch, batch + depth);
  const perBatch = sizeOf(shape.slice(batch));
  const points = entries.length / depth;
  const pointsPerBatch = points / sizeOf(shape.slice(0, batch));
  const starts = Array.from({ length: points }, (_, point) =>
    own.reduce(
      (place, length, i) => {
        const index = entries[point * depth + i];
        if (index < -length || index >= length) {
          node.refuse(`the index ${index} is outside an axis of length ${length}`);
        }
        return place + (index < 0 ? index + length : index) * strides[i];
      },
      Math.floor(point / pointsPerBatch) * perBatch,
    ),
  );
  return { starts, width: sizeOf(shape.slice(batch + depth)) };
}

/** The entries along an axis, of all entries without one, whose condition holds. */
function compress(node: NodeSite): OnnxValue {
  const given = node.attributes.int('axis');
  const x = given === undefined ? node.reshape(node.input(0), [sizeOf(node.input(0).shape)]) : node.input(0);
  const axis = node.axis(given ?? 0, x.shape.length);
  const holds = node.needKnown(node.input(1), 'the condition');
  const chosen = [...holds.keys()].filter((i) => holds[i] !== 0);
  if (chosen.some((index) => index >= x.shape[axis])) {
    node.refuse(`the condition is longer than the axis, ${x.shape[axis]}`);
  }
  return takenAlong(node, x, axis, places(node, chosen));
}

/** Each sequence of a batch turned round over its own length. */
function reverseSequence(node: NodeSite): OnnxValue {
  const x = node.input(0);
  const batchAxis = node.axis(node.attributes.int('batch_axis') ?? 1, x.shape.length);
  const timeAxis = node.axis(node.attributes.int('time_axis') ?? 0, x.shape.length);
  const lengths = node.needIntegers(node.input(1), 'the lengths');
  if (lengths.length !== x.shape[batchAxis] || lengths.some((each) => each > x.shape[timeAxis])) {
    node.refuse(`the lengths ${formatShape(lengths)} do not fit ${formatShape(x.shape)}`);
  }
  node.checkFolded(x.shape);
  const strides = stridesOf(x.shape);
  const table = Float64Array.from({ length: sizeOf(x.shape) }, (_, i) => {
    const time = Math.floor(i / strides[timeAxis]) % x.shape[timeAxis];
    const last = lengths[Math.floor(i / strides[batchAxis]) % x.shape[batchAxis]] - 1;
    return time > last ? i : i + (last - 2 * time) * strides[timeAxis];
  });
  return pickedEntries(node, [x], x.shape, table);
}

/** A new axis on which one entry, that the index names, is the on-value and the others are the off-value. */
function oneHot(node: NodeSite): OnnxValue {
  const [indices, values] = [node.input(0), node.input(2)];
  const depth = Math.trunc(node.needKnown(node.input(1), 'the depth')[0]);
  const axis = node.axis(node.attributes.int('axis') ?? -1, indices.shape.length + 1);
  const shape = indices.shape.toSpliced(axis, 0, depth);
  const chosen = node.needKnown(indices, 'the indices');
  const inner = sizeOf(shape.slice(axis + 1));
  const mask = node.fold('bool', shape, (i) => {
    const index = Math.trunc(chosen[Math.floor(i / (inner * depth)) * inner + (i % inner)]);
    // An index outside names no entry.
    return Number((index < 0 ? index + depth : index) === Math.floor(i / inner) % depth);
  });
  const [off, on] = [0, 1].map((at) => node.reshape(slicedAlong(node, values, 0, at, at + 1), []));
  return node.apply('where', [mask, on, off], {}, values.type);
}
