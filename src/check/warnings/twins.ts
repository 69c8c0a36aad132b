import { stridesOf } from '../../tensors/tensor.ts';
import type { Parameter } from '../check-job.ts';
import { axisName } from '../diagnosis/axis-name.ts';
import { listed, type WarningCheck } from './warning.ts';

/** Slices of a parameter that are exactly equal to an earlier one, in θ, and in the claimed gradient but for rounding. */
export interface Twins {
  readonly parameter: string;
  readonly rank: number;
  readonly axis: number;
  readonly slices: number;
  /** Slices that are a copy of an earlier one, and the first such pair. */
  readonly copies: number;
  readonly pair: readonly [number, number];
}

/** Gradients of copies differ by the order in which their terms were added. */
const EQUAL = 1e-9;

/**
 * Units that start alike and get the same gradient stay copies of each other: at such a point a gradient that mixes
 * them up looks right. Rows and columns of a matrix are compared, of more axes those along the first.
 */
export function findTwins(
  { name, shape }: Parameter,
  theta: Float64Array,
  claimed: Float64Array,
): readonly Twins[] {
  const axes = shape.length === 2 ? [0, 1] : shape.length > 2 ? [0] : [];
  return axes.flatMap((axis) => {
    const slices = shape[axis];
    const perSlice = theta.length / slices;
    if (slices < 2 || perSlice < 2) return [];
    const places = slicePlaces(shape, axis);
    const firsts = new Map<number, number[]>();
    let copies = 0;
    let pair: readonly [number, number] | undefined;
    for (let slice = 0; slice < slices; slice++) {
      const key = sumOf(theta, places, slice);
      const others = firsts.get(key) ?? [];
      const twin = others.find((other) => areTwins(theta, claimed, places, other, slice));
      if (twin === undefined) firsts.set(key, [...others, slice]);
      else {
        copies++;
        pair ??= [twin, slice];
      }
    }
    return pair === undefined ? [] : [{ parameter: name, rank: shape.length, axis, slices, copies, pair }];
  });
}

/** Where a slice's entries lie: the first of slice s at s · `stride`, `inner` in a row, each next row `outer` on. */
interface SlicePlaces {
  readonly stride: number;
  readonly outer: number;
  readonly rows: number;
}

function slicePlaces(shape: readonly number[], axis: number): SlicePlaces {
  const stride = stridesOf(shape)[axis];
  const rows = shape.slice(0, axis).reduce((product, length) => product * length, 1);
  return { stride, outer: stride * shape[axis], rows };
}

function* entriesOf({ stride, outer, rows }: SlicePlaces, slice: number): Iterable<number> {
  for (let row = 0; row < rows; row++) {
    const first = row * outer + slice * stride;
    for (let i = first; i < first + stride; i++) yield i;
  }
}

function sumOf(theta: Float64Array, { stride, outer, rows }: SlicePlaces, slice: number): number {
  let sum = 0;
  for (let row = 0; row < rows; row++) {
    const first = row * outer + slice * stride;
    for (let i = first; i < first + stride; i++) sum += theta[i];
  }
  return sum;
}

function areTwins(
  theta: Float64Array,
  claimed: Float64Array,
  places: SlicePlaces,
  one: number,
  other: number,
): boolean {
  const distance = (other - one) * places.stride;
  let [largest, difference] = [0, 0];
  for (const i of entriesOf(places, one)) {
    if (theta[i] !== theta[i + distance]) return false;
    largest = Math.max(largest, Math.abs(claimed[i]));
    difference = Math.max(difference, Math.abs(claimed[i] - claimed[i + distance]));
  }
  // Where the gradient is 0, as of a dead unit, there is nothing that could be mixed up.
  return largest > 0 && difference <= EQUAL * largest;
}

export const symmetric: WarningCheck = ({ traits: { twins } }) => {
  if (twins.length === 0) return undefined;
  const parts = twins.map(({ parameter, rank, axis, slices, copies, pair: [first, second] }) => {
    const { one, many } = axisName(rank, axis);
    return `${copies} of ${slices} ${many} of ${parameter} equal an earlier ${one} (${second} equals ${first}), in their claimed gradients too`;
  });
  const message = `${listed(parts)}: units that are copies of each other hide a gradient that mixes them up; break the symmetry with random values`;
  return { code: 'symmetric', message };
};
