import { type Shape, sizeOf } from '../../src/tensors/tensor.ts';

/** An activation [examples, channels, rows, columns], as plain as can be; images of one axis have one row. */
export interface PlainImages {
  readonly shape: readonly [number, number, number, number];
  readonly values: readonly number[];
}

/** Rows and columns of something. */
export type Pair = readonly [number, number];

/** Entry at an index; 0 outside of the image. */
export function at(
  { shape, values }: PlainImages,
  n: number,
  c: number,
  row: number,
  column: number,
): number {
  const [, channels, rows, columns] = shape;
  if (row < 0 || column < 0 || row >= rows || column >= columns) return 0;
  return values[((n * channels + c) * rows + row) * columns + column];
}

/** Makes images entry by entry. */
export function images(
  shape: PlainImages['shape'],
  entry: (n: number, c: number, row: number, column: number) => number,
): PlainImages {
  const [examples, channels, rows, columns] = shape;
  const values: number[] = [];
  for (let n = 0; n < examples; n++)
    for (let c = 0; c < channels; c++)
      for (let row = 0; row < rows; row++)
        for (let column = 0; column < columns; column++) values.push(entry(n, c, row, column));
  return { shape, values };
}

/** How windows lie on an image. `before` and `after` are the padding. */
export interface PlainWindows {
  readonly size: Pair;
  readonly stride: Pair;
  readonly dilation: Pair;
  readonly before: Pair;
  readonly after: Pair;
}

function positions({ shape }: PlainImages, windows: PlainWindows): [number, number] {
  const along = (axis: 0 | 1) => {
    const extent = windows.dilation[axis] * (windows.size[axis] - 1) + 1;
    const length = shape[2 + axis] + windows.before[axis] + windows.after[axis];
    return Math.floor((length - extent) / windows.stride[axis]) + 1;
  };
  return [along(0), along(1)];
}

/** The indices that the window at a position sees, on the image or on its padding. */
function seen({ size, stride, dilation, before }: PlainWindows, row: number, column: number): Pair[] {
  const all: Pair[] = [];
  for (let i = 0; i < size[0]; i++)
    for (let j = 0; j < size[1]; j++)
      all.push([
        row * stride[0] + i * dilation[0] - before[0],
        column * stride[1] + j * dilation[1] - before[1],
      ]);
  return all;
}

/** z[n,o,p] = Σ W[o,c,t]·x[n,c,p·stride + t·dilation − padding] + b[o], within each group of channels. */
export function convolve(
  x: PlainImages,
  weights: PlainImages,
  bias: readonly number[],
  windows: PlainWindows,
  groups: number,
): PlainImages {
  const [examples] = x.shape;
  const [outputs, depth, , width] = weights.shape;
  return images([examples, outputs, ...positions(x, windows)], (n, o, row, column) => {
    const first = Math.floor(o / (outputs / groups)) * depth;
    let sum = bias[o];
    for (let c = 0; c < depth; c++)
      seen(windows, row, column).forEach(([i, j], tap) => {
        sum += at(weights, o, c, Math.floor(tap / width), tap % width) * at(x, n, first + c, i, j);
      });
    return sum;
  });
}

/** Puts W[c,o,t]·x[n,c,p] onto z[n,o,p·stride + t·dilation − padding], entry by entry. */
export function convolveTransposed(
  x: PlainImages,
  weights: PlainImages,
  bias: readonly number[],
  { size, stride, dilation, before }: PlainWindows,
  extra: Pair,
  groups: number,
): PlainImages {
  const [examples, channels, rows, columns] = x.shape;
  const perGroup = weights.shape[1];
  const length = (axis: 0 | 1) =>
    (x.shape[2 + axis] - 1) * stride[axis] +
    dilation[axis] * (size[axis] - 1) +
    1 -
    2 * before[axis] +
    extra[axis];
  const shape: Shape = [examples, perGroup * groups, length(0), length(1)];
  const values = Array.from(
    { length: sizeOf(shape) },
    (_, i) => bias[Math.floor(i / (shape[2] * shape[3])) % shape[1]],
  );
  for (let n = 0; n < examples; n++)
    for (let c = 0; c < channels; c++)
      for (let o = 0; o < perGroup; o++)
        for (let p = 0; p < rows * columns; p++)
          for (let t = 0; t < size[0] * size[1]; t++) {
            const [tapRow, tapColumn] = [Math.floor(t / size[1]), t % size[1]];
            const [row, column] = [Math.floor(p / columns), p % columns];
            const i = row * stride[0] + tapRow * dilation[0] - before[0];
            const j = column * stride[1] + tapColumn * dilation[1] - before[1];
            if (i < 0 || j < 0 || i >= shape[2] || j >= shape[3]) continue;
            const output = Math.floor(c / (channels / groups)) * perGroup + o;
            values[((n * shape[1] + output) * shape[2] + i) * shape[3] + j] +=
              at(weights, c, o, tapRow, tapColumn) * at(x, n, c, row, column);
          }
  return { shape: [shape[0], shape[1], shape[2], shape[3]], values };
}

/** Folds the entries that each window sees on the image; `all` is how many it would see with the padding. */
export function pool(
  x: PlainImages,
  windows: PlainWindows,
  fold: (entries: readonly number[], all: number) => number,
): PlainImages {
  const [examples, channels, rows, columns] = x.shape;
  return images([examples, channels, ...positions(x, windows)], (n, c, row, column) => {
    const window = seen(windows, row, column);
    const inside = window.filter(([i, j]) => i >= 0 && j >= 0 && i < rows && j < columns);
    return fold(
      inside.map(([i, j]) => at(x, n, c, i, j)),
      window.length,
    );
  });
}

/** Each entry less the mean of those that `together` puts it with, over √(variance + ε), times a gain, plus a bias. */
export function normalize(
  x: PlainImages,
  together: (n: number, c: number, row: number, column: number) => string,
  epsilon: number,
  affine: (value: number, c: number) => number,
): PlainImages {
  const members = new Map<string, number[]>();
  images(x.shape, (n, c, row, column) => {
    const key = together(n, c, row, column);
    const value = at(x, n, c, row, column);
    members.set(key, [...(members.get(key) ?? []), value]);
    return value;
  });
  return images(x.shape, (n, c, row, column) => {
    const all = members.get(together(n, c, row, column)) ?? [];
    const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
    const variance = all.reduce((sum, value) => sum + (value - mean) ** 2, 0) / all.length;
    return affine((at(x, n, c, row, column) - mean) / Math.sqrt(variance + epsilon), c);
  });
}
