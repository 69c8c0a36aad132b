import { type Shape, sizeOf } from '../../../src/tensors/tensor.ts';
import type { Adjoint, Adjoints, Local } from './adjoint.ts';
import { broadcastPlaces } from './broadcast.ts';

/** Called for each product of entries that is added to an entry of the output. */
type Visit = (left: number, right: number, out: number) => void;

/** Of an op whose entries are sums of products: each factor gets the other one, times ∂J/∂output. */
const productsOf =
  (eachProduct: (local: Local, visit: Visit) => void): Adjoint =>
  (local) => {
    const { inputs, adjoint, round } = local;
    const [left, right] = inputs.map((values) => new Float64Array(values.length));
    eachProduct(local, (i, j, out) => {
      left[i] = round(left[i] + round(adjoint[out] * inputs[1][j]));
      right[j] = round(right[j] + round(adjoint[out] * inputs[0][i]));
    });
    return [left, right];
  };

/** A·B, stack by stack, batches broadcast and transposes taken as the node says. */
function matrixProducts({ node, shapes: [left, right] }: Local, visit: Visit): void {
  const { attributes, shape } = node;
  // A vector is a row on the left and a column on the right.
  const a: Shape = left.length === 1 ? [1, ...left] : left;
  const b: Shape = right.length === 1 ? [...right, 1] : right;
  const isLeftTransposed = attributes.transposeA === true && left.length > 1;
  const isRightTransposed = attributes.transposeB === true && right.length > 1;
  const [p, q] = isLeftTransposed ? [a[a.length - 1], a[a.length - 2]] : [a[a.length - 2], a[a.length - 1]];
  const r = isRightTransposed ? b[b.length - 2] : b[b.length - 1];
  const outer = Number(left.length > 1) + Number(right.length > 1);
  const batch = shape.slice(0, shape.length - outer);
  const leftPlaces = broadcastPlaces(a.slice(0, -2), batch);
  const rightPlaces = broadcastPlaces(b.slice(0, -2), batch);
  for (let block = 0; block < sizeOf(batch); block++) {
    for (let i = 0; i < p; i++) {
      for (let k = 0; k < q; k++) {
        for (let j = 0; j < r; j++) {
          const from = leftPlaces[block] * p * q + (isLeftTransposed ? k * p + i : i * q + k);
          const other = rightPlaces[block] * q * r + (isRightTransposed ? j * q + k : k * r + j);
          visit(from, other, (block * p + i) * r + j);
        }
      }
    }
  }
}

/** What a convolution does with its windows: output[n, o, p] = Σ weights[o, c, t]·patches[n, group's c, t, p]. */
function windowProducts({ shapes: [patches, weights] }: Local, visit: Visit): void {
  const [images, channels] = patches;
  const [outputs, depth, ...taps] = weights;
  const window = sizeOf(taps);
  const positions = sizeOf(patches.slice(2 + taps.length));
  const outputsPerGroup = outputs / (channels / depth);
  for (let n = 0; n < images; n++) {
    for (let o = 0; o < outputs; o++) {
      const firstChannel = Math.floor(o / outputsPerGroup) * depth;
      for (let tap = 0; tap < depth * window; tap++) {
        const row = (n * channels + firstChannel) * window + tap;
        for (let p = 0; p < positions; p++) {
          visit(row * positions + p, o * depth * window + tap, (n * outputs + o) * positions + p);
        }
      }
    }
  }
}

export const products: Adjoints = {
  matmul: productsOf(matrixProducts),
  'patch-product': productsOf(windowProducts),
};
