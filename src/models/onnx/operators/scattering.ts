import { formatShape, type Shape, sizeOf } from '../../../tensors/tensor.ts';
import type { NodeSite } from '../node-site.ts';
import type { OnnxValue } from '../onnx-value.ts';
import { type OnnxOperator, operator } from '../operator.ts';
import { elementPlaces, indicesWithin, pointPlaces } from './gathering.ts';
import { pickedEntries } from './picked-entries.ts';

/** Operators that put updates at the places that indices name. The indices must be known: no θ may move them. */
export const scattering: readonly OnnxOperator[] = [
  operator('ScatterElements', 11, scatterElements),
  // What it was called before.
  { ...operator('Scatter', 9, scatterElements), until: 10 },
  operator('ScatterND', 11, scatterPoints),
];

/** How what is put at a place is combined with what is there: the op, and the number that changes nothing. */
const combinations = {
  add: { op: 'add', neutral: 0 },
  mul: { op: 'multiply', neutral: 1 },
  max: { op: 'maximum', neutral: Number.NEGATIVE_INFINITY },
  min: { op: 'minimum', neutral: Number.POSITIVE_INFINITY },
} as const;

/** Updates of one place that are combined one after the other, each by an op over all of the value. */
const mostRounds = 100;

function scatterElements(node: NodeSite): OnnxValue {
  const [x, indices, updates] = [node.input(0), node.input(1), node.input(2)];
  const axis = node.axis(node.attributes.int('axis') ?? 0, x.shape.length);
  const { shape } = indices;
  const fits =
    shape.length === x.shape.length &&
    shape.every((length, i) => length === updates.shape[i] && (i === axis || length <= x.shape[i]));
  if (!fits) {
    node.refuse(
      `indices of shape ${formatShape(shape)} and updates of shape ${formatShape(updates.shape)} do not fit ${formatShape(x.shape)}`,
    );
  }
  const chosen = indicesWithin(node, indices, x.shape[axis]);
  return scattered(node, x, updates, elementPlaces(x.shape, shape, axis, chosen));
}

function scatterPoints(node: NodeSite): OnnxValue {
  const [x, indices, updates] = [node.input(0), node.input(1), node.input(2)];
  const { starts, width } = pointPlaces(node, x.shape, indices, 0);
  if (sizeOf(updates.shape) !== starts.length * width) {
    node.refuse(
      `updates of shape ${formatShape(updates.shape)} do not fit indices of shape ${formatShape(indices.shape)}`,
    );
  }
  const places = starts.flatMap((start) => Array.from({ length: width }, (_, i) => start + i));
  return scattered(node, x, updates, places);
}

/** x with the entries of the updates at their places. Without a reduction the last update of a place stays. */
function scattered(node: NodeSite, x: OnnxValue, updates: OnnxValue, places: readonly number[]): OnnxValue {
  node.checkFolded(x.shape);
  const reduction = node.choice('reduction', 'none', ['none', 'add', 'mul', 'max', 'min']);
  if (reduction === 'none') {
    const size = sizeOf(x.shape);
    const table = Float64Array.from({ length: size }, (_, i) => i);
    for (const [i, place] of places.entries()) table[place] = size + i;
    return pickedEntries(node, [x, updates], x.shape, table);
  }
  const { op, neutral } = combinations[reduction];
  return inRounds(node, places).reduce((sum, round) => {
    const added = placed(node, updates, round, x.shape, neutral);
    return node.apply(op, [sum, added]);
  }, x);
}

/** Which update goes to each place, in as many rounds as one place has updates. */
function inRounds(node: NodeSite, places: readonly number[]): ReadonlyMap<number, number>[] {
  const rounds: Map<number, number>[] = [];
  const counts = new Map<number, number>();
  for (const [update, place] of places.entries()) {
    const round = counts.get(place) ?? 0;
    counts.set(place, round + 1);
    if (round >= mostRounds) node.refuse(`more than ${mostRounds} updates fall on one entry`);
    const known = rounds[round];
    if (known === undefined) rounds.push(new Map([[place, update]]));
    else known.set(place, update);
  }
  return rounds;
}

function placed(
  node: NodeSite,
  updates: OnnxValue,
  round: ReadonlyMap<number, number>,
  shape: Shape,
  neutral: number,
): OnnxValue {
  const none = sizeOf(updates.shape);
  const table = Float64Array.from({ length: sizeOf(shape) }, (_, i) => round.get(i) ?? none);
  return pickedEntries(node, [updates, node.scalar(neutral, updates)], shape, table);
}
