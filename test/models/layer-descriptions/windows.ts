import type { PlainTensor } from '../../conformance/model-conformance.ts';
import {
  convolve,
  convolveTransposed,
  type Pair,
  type PlainImages,
  type PlainWindows,
  pool,
} from '../plain-images.ts';
import type { LayerDescription } from './layer-description.ts';

/** [examples, channels, length] as images of one row. */
function toImages({ shape: [examples, channels, ...lengths], values }: PlainTensor): PlainImages {
  const [rows, columns] = lengths.length === 1 ? [1, lengths[0]] : lengths;
  return { shape: [examples, channels, rows, columns], values };
}

/** Images of one row as [examples, channels, length] where `like` is that. */
function likeInput({ shape, values }: PlainImages, like: PlainTensor): PlainTensor {
  return { shape: like.shape.length === 3 ? [shape[0], shape[1], shape[3]] : shape, values };
}

/** Windows without padding that step by one, unless said otherwise. */
function windows(size: Pair, fields: Partial<PlainWindows> = {}): PlainWindows {
  return { size, stride: [1, 1], dilation: [1, 1], before: [0, 0], after: [0, 0], ...fields };
}

function convolution(
  layer: LayerDescription['layer'],
  theta: LayerDescription['theta'],
  windows: PlainWindows,
): LayerDescription {
  const groups = Number(layer.groups ?? 1);
  return {
    layer: { weights: 'W', ...layer },
    theta,
    output({ X, W, b }) {
      const bias = b?.values ?? new Array<number>(W.shape[0]).fill(0);
      return likeInput(convolve(toImages(X), toImages(W), bias, windows, groups), X);
    },
  };
}

const convolutions: readonly LayerDescription[] = [
  convolution(
    { type: 'conv1d', bias: 'b', stride: 2, padding: 1, dilation: 2 },
    { X: [2, 2, 6], W: [2, 2, 2], b: [2] },
    windows([1, 2], { stride: [1, 2], dilation: [1, 2], before: [0, 1], after: [0, 1] }),
  ),
  convolution(
    { type: 'conv2d', bias: 'b', padding: 'same' },
    { X: [2, 2, 3, 4], W: [3, 2, 2, 3], b: [3] },
    windows([2, 3], { before: [0, 1], after: [1, 1] }),
  ),
  convolution(
    { type: 'conv2d', groups: 2, stride: [1, 2], padding: 'valid' },
    { X: [1, 4, 3, 5], W: [4, 2, 2, 2] },
    windows([2, 2], { stride: [1, 2] }),
  ),
];

function transposedConvolution(
  layer: LayerDescription['layer'],
  theta: LayerDescription['theta'],
  windows: PlainWindows,
  extra: Pair,
): LayerDescription {
  const groups = Number(layer.groups ?? 1);
  return {
    layer: { weights: 'W', ...layer },
    theta,
    output({ X, W, b }) {
      const bias = b?.values ?? new Array<number>(W.shape[1] * groups).fill(0);
      return likeInput(convolveTransposed(toImages(X), toImages(W), bias, windows, extra, groups), X);
    },
  };
}

const transposedConvolutions: readonly LayerDescription[] = [
  transposedConvolution(
    { type: 'conv-transpose1d', bias: 'b', stride: 2, outputPadding: 1 },
    { X: [2, 2, 3], W: [2, 2, 3], b: [2] },
    windows([1, 3], { stride: [1, 2] }),
    [0, 1],
  ),
  transposedConvolution(
    { type: 'conv-transpose2d', groups: 2, stride: [2, 1], padding: [1, 0], dilation: [1, 2] },
    { X: [1, 4, 2, 2], W: [4, 1, 3, 2] },
    windows([3, 2], { stride: [2, 1], dilation: [1, 2], before: [1, 0], after: [1, 0] }),
    [0, 0],
  ),
];

const largest = (entries: readonly number[]) => Math.max(...entries);
const total = (entries: readonly number[]) => entries.reduce((sum, entry) => sum + entry, 0);
const overAll = (entries: readonly number[], all: number) => total(entries) / all;
const overInside = (entries: readonly number[]) => total(entries) / entries.length;

function pooling(
  layer: LayerDescription['layer'],
  shape: readonly number[],
  windows: PlainWindows,
  fold: (entries: readonly number[], all: number) => number,
  fields: Partial<LayerDescription> = {},
): LayerDescription {
  return {
    layer,
    theta: { X: shape },
    output: ({ X }) => likeInput(pool(toImages(X), windows, fold), X),
    ...fields,
  };
}

/** Where all of an image is the same, every entry of a window is the largest. */
const tied = { kinks: [0.5] };

const poolings: readonly LayerDescription[] = [
  pooling({ type: 'max-pool1d', size: 2 }, [2, 2, 4], windows([1, 2], { stride: [1, 2] }), largest, tied),
  pooling(
    { type: 'max-pool2d', size: [2, 3], stride: 1, padding: [1, 0], dilation: [1, 2] },
    [1, 2, 3, 5],
    windows([2, 3], { dilation: [1, 2], before: [1, 0], after: [1, 0] }),
    largest,
  ),
  pooling(
    { type: 'average-pool1d', size: 3, stride: 2, padding: 1 },
    [2, 2, 5],
    windows([1, 3], { stride: [1, 2], before: [0, 1], after: [0, 1] }),
    overAll,
  ),
  pooling(
    { type: 'average-pool2d', size: 2, padding: 1, countPadding: false },
    [1, 2, 3, 3],
    windows([2, 2], { stride: [2, 2], before: [1, 1], after: [1, 1] }),
    overInside,
  ),
];

function globalPooling(
  type: string,
  fold: (entries: readonly number[]) => number,
  fields: Partial<LayerDescription> = {},
): LayerDescription {
  return {
    layer: { type },
    theta: { X: [2, 2, 2, 3] },
    output({ X }) {
      const [examples, channels, rows, columns] = X.shape;
      const { values } = pool(toImages(X), windows([rows, columns]), fold);
      return { shape: [examples, channels], values };
    },
    ...fields,
  };
}

/** Convolutions and poolings; over random windows `layers-windows.test.ts` has their values. */
export const windowed: readonly LayerDescription[] = [
  ...convolutions,
  ...transposedConvolutions,
  ...poolings,
  globalPooling('global-max-pool', largest, tied),
  globalPooling('global-average-pool', overInside),
];
