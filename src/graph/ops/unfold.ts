import { formatShape, type Shape, sizeOf } from '../../tensors/tensor.ts';
import { type ComplexKernel, entryOf, setEntry } from '../complex/complex-values.ts';
import type { Attributes } from '../graph.ts';
import type { Heap } from '../heap.ts';
import { type Kernel, type Op, ShapeError, type TransposedKernel } from '../op.ts';
import { pullAlong, spreadAlong } from '../spread.ts';
import { numberList } from './attributes.ts';

/** How one axis of an image is cut into windows: tap t of the window at position p reads the index `sourceOf` gives. */
interface WindowAxis {
  readonly length: number;
  readonly taps: number;
  readonly positions: number;
  readonly stride: number;
  readonly dilation: number;
  readonly start: number;
  readonly spacing: number;
}

/** Entries that one tap reads for the positions at which it is inside the image: evenly spaced on both sides. */
interface Run {
  readonly count: number;
  readonly from: number;
  readonly fromStep: number;
  readonly to: number;
  readonly toStep: number;
}

/**
 * unfold(x): the windows that a convolution or a pooling sees. x is [n, c, …lengths] with one or two axes of lengths; the
 * output is [n, c, …taps, …positions], with
 *
 *   output[n, c, t, p] = x[n, c, (start + p·stride + t·dilation) / spacing]
 *
 * along each axis, where that is a whole number within the image. Elsewhere it is the padding: 0, or −∞ with
 * `padding: 'lowest'`. A start below 0 pads, a `spacing` over 1 puts zeros between the entries of x, and a negative
 * dilation turns the window round: so a transposed convolution is read with the same windows.
 */
export const unfold: Op = {
  name: 'unfold',
  arity: 1,
  inferShape: ([shape], attributes) => unfoldedShape(shape, attributes),
  compile: ([shape], attributes, output) => unfoldKernel(shape, attributes, output),
  compileComplex: ([shape], attributes, output) => unfoldComplex(shape, attributes, output),
  flops: (_shapes, _attributes, output) => sizeOf(output),
  linear: (_moved, { padding }) => padding !== 'lowest',
  transposed: (_input, [shape], attributes, output) => foldKernel(shape, attributes, output),
  spread: (query, attributes) => spreadAlong(query, carriedAxes(query.shapes[0], query.output, attributes)),
  pull: (output, shapes, attributes, shape) =>
    pullAlong(output, shapes, carriedAxes(shapes[0], shape, attributes)),
};

function unfoldedShape(shape: Shape, attributes: Attributes): Shape {
  const taps = numberList(attributes, 'taps');
  const positions = numberList(attributes, 'positions');
  const lists = ['strides', 'dilations', 'starts', 'spacings'].map((name) => numberList(attributes, name));
  const axes = shape.length - 2;
  if (axes < 1 || axes > 2 || [taps, positions, ...lists].some((list) => list.length !== axes)) {
    throw new ShapeError(
      `unfold needs windows for one or two axes behind the first two of ${formatShape(shape)}`,
    );
  }
  const [strides, , , spacings] = lists;
  if ([...taps, ...positions, ...strides, ...spacings].some((count) => count < 1)) {
    throw new ShapeError(`unfold of shape ${formatShape(shape)} leaves no window`);
  }
  return [...shape.slice(0, 2), ...taps, ...positions];
}

/** The windows of each axis; taps and positions are the output's, which may be a part of the whole. */
function windowAxes(shape: Shape, output: Shape, attributes: Attributes): WindowAxis[] {
  const axes = shape.length - 2;
  return shape.slice(2).map((length, axis) => ({
    length,
    taps: output[2 + axis],
    positions: output[2 + axes + axis],
    stride: numberList(attributes, 'strides')[axis],
    dilation: numberList(attributes, 'dilations')[axis],
    start: numberList(attributes, 'starts')[axis],
    spacing: numberList(attributes, 'spacings')[axis],
  }));
}

/** Images and channels stay apart; along an axis cut into windows of one entry each, so do the entries. */
function carriedAxes(shape: Shape, output: Shape, attributes: Attributes): (number | undefined)[] {
  const windows = windowAxes(shape, output, attributes);
  const positions = windows.map((window, axis) => (isUncut(window) ? axis + 2 : undefined));
  return [0, 1, ...windows.map(() => undefined), ...positions];
}

function isUncut({ length, taps, positions, stride, start, spacing }: WindowAxis): boolean {
  return taps === 1 && stride === 1 && start === 0 && spacing === 1 && positions === length;
}

/** The index along an axis that a tap reads at a position; a fraction or out of range where it reads padding. */
function sourceOf({ start, stride, dilation, spacing }: WindowAxis, tap: number, position: number): number {
  return (start + position * stride + tap * dilation) / spacing;
}

function runOf(window: WindowAxis, tap: number): Run {
  const inside: number[] = [];
  for (let position = 0; position < window.positions; position++) {
    const source = sourceOf(window, tap, position);
    if (Number.isInteger(source) && source >= 0 && source < window.length) inside.push(position);
  }
  const [to = 0, next = to + 1] = inside;
  const from = inside.length > 0 ? sourceOf(window, tap, to) : 0;
  const fromStep = inside.length > 1 ? sourceOf(window, tap, next) - from : 1;
  return { count: inside.length, from, fromStep, to, toStep: next - to };
}

/** The runs of one plane of x, and whether any entry of the output is padding. */
function planeRuns(shape: Shape, output: Shape, attributes: Attributes) {
  const windows = windowAxes(shape, output, attributes);
  const columns = windows[windows.length - 1];
  const rows = windows.length === 2 ? windows[0] : singleRow;
  const runs: Run[] = [];
  for (let rowTap = 0; rowTap < rows.taps; rowTap++) {
    const rowRun = runOf(rows, rowTap);
    for (let columnTap = 0; columnTap < columns.taps; columnTap++) {
      const run = runOf(columns, columnTap);
      const window = (rowTap * columns.taps + columnTap) * rows.positions;
      for (let i = 0; i < rowRun.count; i++) {
        const from = run.from + (rowRun.from + i * rowRun.fromStep) * columns.length;
        const to = run.to + (window + rowRun.to + i * rowRun.toStep) * columns.positions;
        if (run.count > 0) runs.push({ ...run, from, to });
      }
    }
  }
  const planeSize = sizeOf(output.slice(2));
  const isPadded = runs.reduce((sum, { count }) => sum + count, 0) < planeSize;
  return { runs, isPadded, planes: sizeOf(shape.slice(0, 2)), planeSize, imageSize: sizeOf(shape.slice(2)) };
}

const singleRow: WindowAxis = {
  length: 1,
  taps: 1,
  positions: 1,
  stride: 1,
  dilation: 1,
  start: 0,
  spacing: 1,
};

function paddingOf({ padding }: Attributes): number {
  return padding === 'lowest' ? Number.NEGATIVE_INFINITY : 0;
}

function unfoldKernel(shape: Shape, attributes: Attributes, output: Shape): Kernel {
  const { runs, isPadded, planes, planeSize, imageSize } = planeRuns(shape, output, attributes);
  const padding = paddingOf(attributes);
  const unfoldPlanes = ({ kernels }: Heap, count: number, image: number, windows: number) => {
    if (isPadded) kernels.fill(count * planeSize, padding, windows, 1);
    for (const run of runs) {
      kernels.copy(
        count,
        run.count,
        image + run.from,
        imageSize,
        run.fromStep,
        windows + run.to,
        planeSize,
        run.toStep,
      );
    }
  };
  return (heap, lanes, [input], out) => {
    const isDense = input.laneStride === planes * imageSize && out.laneStride === planes * planeSize;
    if (isDense) {
      unfoldPlanes(heap, lanes * planes, input.offset, out.offset);
      return;
    }
    for (let lane = 0; lane < lanes; lane++) {
      const from = input.offset + lane * input.laneStride;
      unfoldPlanes(heap, planes, from, out.offset + lane * out.laneStride);
    }
  };
}

/** Every entry of x has the sum of the weights of the windows' entries that read it. */
function foldKernel(shape: Shape, attributes: Attributes, output: Shape): TransposedKernel {
  const { runs, planes, planeSize, imageSize } = planeRuns(shape, output, attributes);
  return ({ kernels }, _inputs, weights, target) => {
    for (const { count, from, fromStep, to, toStep } of runs) {
      const image = target + from;
      kernels.add(
        planes,
        count,
        image,
        imageSize,
        fromStep,
        weights + to,
        planeSize,
        toStep,
        image,
        imageSize,
        fromStep,
      );
    }
  };
}

function unfoldComplex(shape: Shape, attributes: Attributes, output: Shape): ComplexKernel {
  const { runs, planes, planeSize, imageSize } = planeRuns(shape, output, attributes);
  return ([x], windows) => {
    windows.re.fill(paddingOf(attributes));
    windows.im.fill(0);
    for (let plane = 0; plane < planes; plane++) {
      for (const { count, from, fromStep, to, toStep } of runs) {
        for (let i = 0; i < count; i++) {
          const entry = entryOf(x, plane * imageSize + from + i * fromStep);
          setEntry(windows, plane * planeSize + to + i * toStep, entry);
        }
      }
    }
  };
}
