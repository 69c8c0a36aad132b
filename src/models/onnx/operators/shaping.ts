import { broadcastShapes } from '../../../graph/ops/broadcast.ts';
import { formatShape, type Shape, sizeOf } from '../../../tensors/tensor.ts';
import type { NodeSite } from '../node-site.ts';
import type { OnnxValue } from '../onnx-value.ts';
import { type OnnxOperator, operator } from '../operator.ts';

/** Operators that ask for shapes or change them, and leave the entries as they are. */
export const shaping: readonly OnnxOperator[] = [
  operator('Shape', 1, shapeOf),
  operator('Size', 1, (node) => node.constant('int64', [], Float64Array.of(sizeOf(node.input(0).shape)))),
  operator('Reshape', 5, reshape),
  operator('Transpose', 1, transpose),
  operator('Flatten', 1, flatten),
  operator('Squeeze', 1, squeeze),
  operator('Unsqueeze', 1, unsqueeze),
  operator('Expand', 8, expand),
  operator('Trilu', 14, triangle),
  operator('DepthToSpace', 1, depthToSpace),
  operator('SpaceToDepth', 1, spaceToDepth),
];

/** From opset 15 on it may be asked for a part. */
function shapeOf(node: NodeSite): OnnxValue {
  const { shape } = node.input(0);
  const bound = (axis: number) => Math.max(0, Math.min(axis < 0 ? axis + shape.length : axis, shape.length));
  const start = bound(node.attributes.int('start') ?? 0);
  const end = bound(node.attributes.int('end') ?? shape.length);
  const part = shape.slice(start, Math.max(start, end));
  return node.constant('int64', [part.length], Float64Array.from(part));
}

/** One length may be −1, which is what is left; 0 takes the input's, unless `allowzero` says that it is meant. */
function reshape(node: NodeSite): OnnxValue {
  const x = node.input(0);
  const wanted = node.needIntegers(node.input(1), 'the shape');
  const allowZero = node.attributes.flag('allowzero') ?? false;
  const lengths = wanted.map((length, axis) => {
    if (length !== 0 || allowZero) return length;
    return (
      x.shape[axis] ?? node.refuse(`the shape ${formatShape(wanted)} copies axis ${axis}, which is not there`)
    );
  });
  return node.reshape(x, withRest(node, lengths, x.shape));
}

function withRest(node: NodeSite, lengths: readonly number[], from: Shape): Shape {
  const open = lengths.indexOf(-1);
  if (lengths.some((length, axis) => length < 0 && axis !== open)) {
    node.refuse(`the shape ${formatShape(lengths)} has lengths that are not known`);
  }
  if (open < 0) return lengths;
  const rest = sizeOf(from) / sizeOf(lengths.filter((_, axis) => axis !== open));
  if (!Number.isInteger(rest)) {
    node.refuse(`the shape ${formatShape(lengths)} does not fit ${sizeOf(from)} entries`);
  }
  return lengths.with(open, rest);
}

function transpose(node: NodeSite): OnnxValue {
  const x = node.input(0);
  const reversed = x.shape.map((_, axis) => x.shape.length - 1 - axis);
  return node.transpose(x, node.attributes.ints('perm') ?? reversed);
}

/** Two axes: those before `axis`, 1 by default, and those from it on. */
function flatten(node: NodeSite): OnnxValue {
  const x = node.input(0);
  const given = node.attributes.int('axis') ?? 1;
  const axis = given === x.shape.length ? given : node.axis(given, x.shape.length);
  return node.reshape(x, [sizeOf(x.shape.slice(0, axis)), sizeOf(x.shape.slice(axis))]);
}

/** The axes are an input from opset 13 on. Without them, every axis of length 1 goes. */
function squeeze(node: NodeSite): OnnxValue {
  const x = node.input(0);
  const named = node.integersFrom('axes', 1);
  const axes = named === undefined ? undefined : node.axes(named, x.shape.length);
  const long = axes?.find((axis) => x.shape[axis] !== 1);
  if (long !== undefined) node.refuse(`axis ${long} of shape ${formatShape(x.shape)} is not of length 1`);
  return node.reshape(
    x,
    x.shape.filter((length, axis) => (axes === undefined ? length !== 1 : !axes.includes(axis))),
  );
}

/** The axes, counted in the result, are an input from opset 13 on. */
function unsqueeze(node: NodeSite): OnnxValue {
  const x = node.input(0);
  const named = node.integersFrom('axes', 1) ?? node.refuse('it does not say which axes');
  const axes = node.axes(named, x.shape.length + named.length);
  const shape = [...x.shape];
  for (const axis of axes.sort((a, b) => a - b)) shape.splice(axis, 0, 1);
  return node.reshape(x, shape);
}

/** Broadcast together with a shape: a length of 1 there leaves an axis as it is. */
function expand(node: NodeSite): OnnxValue {
  const x = node.input(0);
  const wanted = node.needIntegers(node.input(1), 'the shape');
  return node.broadcastTo(x, broadcastShapes('Expand', [x.shape, wanted]));
}

/** The entries on one side of a diagonal of the last two axes, 0 on the other. */
function triangle(node: NodeSite): OnnxValue {
  const x = node.input(0);
  const [rows, columns] = x.shape.slice(-2);
  if (x.shape.length < 2) node.refuse('it takes matrices');
  const given = node.optional(1);
  const k = given === undefined ? 0 : node.needIntegers(given, 'k')[0];
  const isUpper = node.attributes.flag('upper') ?? true;
  const mask = node.fold('bool', [rows, columns], (i) => {
    const above = (i % columns) - Math.floor(i / columns);
    return Number(isUpper ? above >= k : above <= k);
  });
  return node.apply('where', [mask, x, node.scalar(0, x)], {}, x.type);
}

/** Blocks of channels to blocks of rows and columns. */
function depthToSpace(node: NodeSite): OnnxValue {
  const x = node.input(0);
  const size = node.attributes.int('blocksize') ?? node.refuse('it does not say how large the blocks are');
  const isDepthFirst = node.choice('mode', 'DCR', ['DCR', 'CRD']) === 'DCR';
  if (x.shape.length !== 4) node.refuse(`it takes [n,channels,rows,columns], not ${formatShape(x.shape)}`);
  const [n, channels, rows, columns] = x.shape;
  const depth = channels / size ** 2;
  const parted = isDepthFirst ? [n, size, size, depth, rows, columns] : [n, depth, size, size, rows, columns];
  const blocks = node.reshape(x, parted);
  const moved = node.transpose(blocks, isDepthFirst ? [0, 3, 4, 1, 5, 2] : [0, 1, 4, 2, 5, 3]);
  return node.reshape(moved, [n, depth, rows * size, columns * size]);
}

/** Blocks of rows and columns to blocks of channels. */
function spaceToDepth(node: NodeSite): OnnxValue {
  const x = node.input(0);
  const size = node.attributes.int('blocksize') ?? node.refuse('it does not say how large the blocks are');
  if (x.shape.length !== 4) node.refuse(`it takes [n,channels,rows,columns], not ${formatShape(x.shape)}`);
  const [n, channels, rows, columns] = x.shape;
  const parted = node.reshape(x, [n, channels, rows / size, size, columns / size, size]);
  const moved = node.transpose(parted, [0, 3, 5, 1, 2, 4]);
  return node.reshape(moved, [n, channels * size ** 2, rows / size, columns / size]);
}
