import { formatShape, type Shape, sameShape, sizeOf } from '../../tensors/tensor.ts';
import type { ComplexKernel } from '../complex/complex-values.ts';
import { multiplyComplex } from '../complex/matrix-product.ts';
import { type Kernel, type Op, ShapeError, type TransposedKernel } from '../op.ts';
import { FREE } from '../region.ts';
import { type Spread, type SpreadQuery, spreadWhole } from '../spread.ts';

/** The product taken apart: for each image and each group, [outputs, depth] × [depth, positions]. */
interface Products {
  readonly output: Shape;
  readonly images: number;
  readonly groups: number;
  readonly outputs: number;
  readonly depth: number;
  readonly positions: number;
}

/**
 * patch-product(patches, weights): what a convolution does with its windows (see `unfold`). Patches are
 * [n, c, …taps, …positions], weights [o, c / groups, …taps], the output is [n, o, …positions]:
 *
 *   output[n, o, p] = Σ over c and t of weights[o, c, t] · patches[n, group(o)·c / groups + c, t, p]
 *
 * The number of groups is told by the two numbers of channels.
 */
export const patchProduct: Op = {
  name: 'patch-product',
  arity: 2,
  packs: true,
  inferShape: ([patches, weights]) => productsOf(patches, weights).output,
  compile: ([patches, weights]) => productKernel(productsOf(patches, weights), 0),
  compileAdding: ([patches, weights]) => productKernel(productsOf(patches, weights), 1),
  compileComplex: ([patches, weights]) => complexProduct(productsOf(patches, weights)),
  flops([patches, weights]) {
    const { images, groups, outputs, depth, positions } = productsOf(patches, weights);
    return 2 * images * groups * outputs * depth * positions;
  },
  linear: (moved) => moved[0] !== moved[1],
  unmoved: () => 'base',
  transposed: (input, [patches, weights]) => transposedProduct(input, productsOf(patches, weights)),
  spread: spreadProduct,
  pull: pullProduct,
};

function productsOf(patches: Shape, weights: Shape): Products {
  const axes = weights.length - 2;
  const taps = weights.slice(2);
  const positions = patches.slice(2 + axes);
  const [images, channels] = patches;
  const [outputs, depth] = weights;
  const groups = channels / depth;
  if (axes < 1 || positions.length !== axes || !sameShape(taps, patches.slice(2, 2 + axes))) {
    throw new ShapeError(
      `patch-product cannot multiply patches of shape ${formatShape(patches)} by weights of shape ${formatShape(weights)}`,
    );
  }
  if (!Number.isInteger(groups) || outputs % groups !== 0) {
    throw new ShapeError(
      `patch-product cannot part the ${channels} channels of ${formatShape(patches)} into groups for weights of shape ${formatShape(weights)}`,
    );
  }
  return {
    output: [images, outputs, ...positions],
    images,
    groups,
    outputs: outputs / groups,
    depth: depth * sizeOf(taps),
    positions: sizeOf(positions),
  };
}

function productKernel(p: Products, accumulate: 0 | 1): Kernel {
  const { images, groups, outputs, depth, positions } = p;
  // One weight on one channel: the images follow each other evenly, so that all of them are one row.
  const isRow = outputs === 1 && depth === 1 && groups === 1;
  const rows = isRow ? 1 : images;
  const columns = isRow ? images * positions : positions;
  return ({ kernels, packing }, lanes, [patches, weights], out) => {
    for (let lane = 0; lane < lanes; lane++) {
      const a = weights.offset + lane * weights.laneStride;
      const b = patches.offset + lane * patches.laneStride;
      const c = out.offset + lane * out.laneStride;
      for (let product = 0; product < rows * groups; product++) {
        kernels.multiplyMatrices(
          outputs,
          columns,
          depth,
          a + (product % groups) * outputs * depth,
          depth,
          1,
          b + product * depth * columns,
          columns,
          1,
          c + product * outputs * columns,
          columns,
          accumulate,
          packing,
        );
      }
    }
  };
}

/** ∂J/∂patches = weightsᵀ · w and ∂J/∂weights = w · patchesᵀ, with w = ∂J/∂output, image by image and group by group. */
function transposedProduct(input: number, p: Products): TransposedKernel {
  const { images, groups, outputs, depth, positions } = p;
  return ({ kernels, packing }, inputs, w, target) => {
    const add = kernels.multiplyMatrices;
    for (let product = 0; product < images * groups; product++) {
      const from = w + product * outputs * positions;
      const matrix = (product % groups) * outputs * depth;
      const patch = product * depth * positions;
      if (input === 0) {
        const a = inputs[1].offset + matrix;
        const to = target + patch;
        add(depth, positions, outputs, a, 1, depth, from, positions, 1, to, positions, 1, packing);
      } else {
        const b = inputs[0].offset + patch;
        const to = target + matrix;
        add(outputs, depth, positions, from, positions, 1, b, 1, positions, to, depth, 1, packing);
      }
    }
  };
}

/** How an output's channel is tied to channels of the patches: to all of them, to its own one, or to its group's. */
type Tie = 'all' | 'own' | 'group';

function tieOf(patches: Shape, weights: Shape): Tie {
  if (patches[1] === weights[1]) return 'all';
  return weights[1] === 1 && weights[0] === patches[1] ? 'own' : 'group';
}

/**
 * One moved weight moves one output channel, by one tap of one channel of the patches; one moved channel of the patches
 * moves every output channel by its part alone. Which group a coordinate lies in cannot be told, so that within groups
 * of several channels only the taps stay apart.
 */
function spreadProduct(query: SpreadQuery): Spread {
  const [patches, weights] = query.moved;
  if (patches !== undefined && weights !== undefined) return spreadWhole(query);
  const [patchShape, weightShape] = query.shapes;
  const axes = weightShape.length - 2;
  const tie = tieOf(patchShape, weightShape);
  const free = query.output.slice(2).map(() => FREE);
  const taps = weights?.slice(2) ?? patches?.slice(2, 2 + axes) ?? free;
  const positions = patches?.slice(2 + axes) ?? free;
  const image = patches?.[0] ?? FREE;
  const own = tie === 'own' ? (weights?.[0] ?? patches?.[1] ?? FREE) : FREE;
  const summed = tie === 'all' ? (weights?.[1] ?? patches?.[1] ?? FREE) : FREE;
  const channel = tie === 'all' ? (weights?.[0] ?? FREE) : own;
  return {
    inputs: [
      [image, tie === 'all' ? summed : own, ...taps, ...positions],
      [channel, summed, ...taps],
    ],
    output: [image, channel, ...positions],
    update: [summed, ...taps].some((coordinate) => coordinate !== FREE),
  };
}

function pullProduct(output: readonly number[], [patches, weights]: readonly Shape[]) {
  const [image, channel, ...positions] = output;
  const tie = tieOf(patches, weights);
  if (tie === 'group' && channel !== FREE) return undefined;
  const free = positions.map(() => FREE);
  return [
    [image, tie === 'own' ? channel : FREE, ...free, ...positions],
    [channel, FREE, ...free],
  ];
}

function complexProduct({ images, groups, outputs, depth, positions }: Products): ComplexKernel {
  return ([patches, weights], output) => {
    for (let product = 0; product < images * groups; product++) {
      const matrix = {
        values: weights,
        start: (product % groups) * outputs * depth,
        row: depth,
        column: 1,
      };
      const patch = { values: patches, start: product * depth * positions, row: positions, column: 1 };
      const to = product * outputs * positions;
      multiplyComplex([outputs, depth, positions], matrix, patch, output, to);
    }
  };
}
