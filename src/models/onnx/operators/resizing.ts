import { formatShape } from '../../../tensors/tensor.ts';
import type { NodeSite } from '../node-site.ts';
import type { OnnxValue } from '../onnx-value.ts';
import { type OnnxOperator, operator } from '../operator.ts';
import { places, takenAlong } from './gathering.ts';
import { coordinateModes, type Interpolation, interpolationRows, type ResizedAxis } from './interpolation.ts';

/** Images made larger or smaller. */
export const resizing: readonly OnnxOperator[] = [
  operator('Resize', 10, resize),
  { ...operator('Upsample', 7, resize), until: 9 },
];

/** One axis after the other, from the last one on. */
function resize(node: NodeSite): OnnxValue {
  const x = node.needFloat(node.input(0));
  const interpolation = readInterpolation(node);
  const outside = node.attributes.float('extrapolation_value') ?? 0;
  return readAxes(node, x)
    .toSorted((a, b) => b.axis - a.axis)
    .reduce((each, { axis, resized }) => alongAxis(node, each, axis, resized, interpolation, outside), x);
}

/** Before opset 11 a place is divided by the factor, and the entry below it is the nearest. */
function readInterpolation(node: NodeSite): Interpolation {
  const isOld = node.opset < 11;
  return {
    mode: node.choice('mode', 'nearest', ['nearest', 'linear', 'cubic']),
    nearest: isOld
      ? 'floor'
      : node.choice('nearest_mode', 'round_prefer_floor', [
          'round_prefer_floor',
          'round_prefer_ceil',
          'floor',
          'ceil',
        ]),
    coordinates: isOld
      ? 'asymmetric'
      : node.choice('coordinate_transformation_mode', 'half_pixel', coordinateModes),
    cubicA: node.attributes.float('cubic_coeff_a') ?? -0.75,
    excludesOutside: node.attributes.flag('exclude_outside') ?? false,
    isSmoothed: node.attributes.flag('antialias') ?? false,
  };
}

interface NamedAxis {
  readonly axis: number;
  readonly resized: ResizedAxis;
}

/** The axes that are resized, by factors or to lengths. */
function readAxes(node: NodeSite, x: OnnxValue): NamedAxis[] {
  const all = x.shape.map((_, axis) => axis);
  const axes = node.axes(node.attributes.ints('axes') ?? all, x.shape.length);
  const policy = node.choice('keep_aspect_ratio_policy', 'stretch', ['stretch', 'not_larger', 'not_smaller']);
  const isOld = node.opset < 11;
  const numbers = (position: number, what: string) => {
    const given = node.optional(position);
    const values = given && Array.from(node.needKnown(given, what));
    if (values === undefined || values.length === 0) return undefined;
    return values.length === axes.length
      ? values
      : node.refuse(`${what} are not one for each of ${axes.length} axes`);
  };
  const factors = node.opset < 9 ? node.attributes.floats('scales') : numbers(isOld ? 1 : 2, 'the scales');
  const lengths = isOld ? undefined : numbers(3, 'the sizes');
  const part = partOf(node, axes.length);
  const ratios = lengths?.map((length, i) => length / x.shape[axes[i]]);
  const common = ratios && (policy === 'not_larger' ? Math.min(...ratios) : Math.max(...ratios));
  return axes.flatMap((axis, i) => {
    const from = x.shape[axis];
    const scale = factors?.[i] ?? (policy === 'stretch' ? ratios?.[i] : common);
    if (scale === undefined || !(scale > 0)) return node.refuse('it does not say how large the result is');
    const kept = factors === undefined && policy === 'stretch' ? lengths?.[i] : undefined;
    // A common factor makes lengths that are rounded, halves up; a given one makes them shorter.
    const to = kept ?? Math.floor(factors === undefined ? scale * from + 0.5 : scale * from);
    const resized = { from, to, scale, part: part(i) };
    return scale === 1 && to === from && resized.part.join() === '0,1' ? [] : [{ axis, resized }];
  });
}

/** The part of each axis that is cut out: all starts, then all ends. */
function partOf(node: NodeSite, count: number): (i: number) => readonly [number, number] {
  const given = node.opset < 11 ? undefined : node.optional(1);
  const isCut = node.attributes.text('coordinate_transformation_mode') === 'tf_crop_and_resize';
  if (given === undefined || !isCut) return () => [0, 1];
  const bounds = node.needKnown(given, 'the roi');
  if (bounds.length !== 2 * count) node.refuse(`the roi has shape ${formatShape(given.shape)}`);
  return (i) => [bounds[i], bounds[count + i]];
}

function alongAxis(
  node: NodeSite,
  x: OnnxValue,
  axis: number,
  resized: ResizedAxis,
  interpolation: Interpolation,
  outside: number,
): OnnxValue {
  node.checkFolded([resized.from, resized.to]);
  const rows = interpolationRows(resized, interpolation);
  const copied = rows.map(onlyEntry);
  if (copied.every((index) => index >= 0)) return takenAlong(node, x, axis, places(node, copied));
  const entries = Float64Array.from(rows.flatMap((row) => row ?? new Array<number>(resized.from).fill(0)));
  const matrix = node.constant(x.type, [resized.to, resized.from], entries);
  const last = x.shape.length - 1;
  const swapped = x.shape.map((_, i) => (i === axis ? last : i === last ? axis : i));
  const product = node.apply('matmul', [node.transpose(x, swapped), matrix], { transposeB: true });
  return node.transpose(withOutside(node, product, rows, outside), swapped);
}

/** The index that a row takes as it is; −1 when it is a sum. */
function onlyEntry(row: readonly number[] | undefined): number {
  return row?.every((coefficient) => coefficient === 0 || coefficient === 1) ? row.indexOf(1) : -1;
}

/** What lies outside has one value. */
function withOutside(
  node: NodeSite,
  product: OnnxValue,
  rows: readonly (readonly number[] | undefined)[],
  outside: number,
): OnnxValue {
  if (outside === 0 || !rows.includes(undefined)) return product;
  const added = rows.map((row) => (row === undefined ? outside : 0));
  return node.apply('add', [product, node.constant(product.type, [rows.length], Float64Array.from(added))]);
}
