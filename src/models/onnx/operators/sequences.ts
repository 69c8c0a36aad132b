import { formatShape } from '../../../tensors/tensor.ts';
import type { NodeSite } from '../node-site.ts';
import type { OnnxSequence, OnnxValue } from '../onnx-value.ts';
import { type OnnxOperator, operator } from '../operator.ts';
import { cutAlong, joined, stacked, unstacked } from './cutting.ts';

/** Sequences of tensors whose length is known: what exporters make of chunks and lists. */
export const sequences: readonly OnnxOperator[] = [
  operator('SequenceConstruct', 11, (node) => ({ parts: node.allInputs() })),
  operator('SplitToSequence', 11, splitToSequence),
  operator('SequenceAt', 11, (node) => {
    const { parts } = node.sequence(0);
    return parts[placeIn(node, parts.length, 1)];
  }),
  operator('SequenceInsert', 11, (node) => {
    const { parts } = node.sequence(0);
    const place = node.optional(2) === undefined ? parts.length : placeIn(node, parts.length + 1, 2);
    return { parts: parts.toSpliced(place, 0, node.input(1)) };
  }),
  operator('SequenceErase', 11, (node) => {
    const { parts } = node.sequence(0);
    const place = node.optional(1) === undefined ? parts.length - 1 : placeIn(node, parts.length, 1);
    return { parts: parts.toSpliced(place, 1) };
  }),
  operator('SequenceLength', 11, (node) => {
    const { parts } = node.sequence(0);
    return node.constant('int64', [], Float64Array.of(parts.length));
  }),
  operator('ConcatFromSequence', 11, concatFromSequence),
];

/** A place in a sequence, given by an input; a negative one is counted from the end. */
function placeIn(node: NodeSite, count: number, position: number): number {
  const [place] = node.needIntegers(node.input(position), 'the position');
  const counted = place < 0 ? place + count : place;
  if (!(counted >= 0 && counted < count)) node.refuse(`position ${place} is not in a sequence of ${count}`);
  return counted;
}

/** Pieces of given lengths, of one length (the last may be shorter), or each index by itself. */
function splitToSequence(node: NodeSite): OnnxSequence {
  const x = node.input(0);
  const axis = node.axis(node.attributes.int('axis') ?? 0, x.shape.length);
  const keepsAxis = node.attributes.flag('keepdims') ?? true;
  const given = node.optional(1);
  const length = x.shape[axis];
  if (given === undefined) {
    const parts = keepsAxis
      ? cutAlong(node, x, axis, new Array<number>(length).fill(1))
      : unstacked(node, x, axis);
    return { parts };
  }
  const wanted = node.needIntegers(given, 'split');
  const lengths = given.shape.length === 0 ? piecesOf(node, length, wanted[0]) : wanted;
  if (lengths.some((each) => each < 0) || lengths.reduce((sum, each) => sum + each, 0) !== length) {
    node.refuse(`lengths ${formatShape(lengths)} do not make up axis ${axis} of ${formatShape(x.shape)}`);
  }
  return { parts: cutAlong(node, x, axis, lengths) };
}

function piecesOf(node: NodeSite, length: number, each: number): number[] {
  if (!(each > 0)) node.refuse(`pieces of length ${each} make up nothing`);
  return Array.from({ length: Math.ceil(length / each) }, (_, i) => Math.min(each, length - i * each));
}

function concatFromSequence(node: NodeSite): OnnxValue {
  const { parts } = node.sequence(0);
  if (parts.length === 0) node.refuse('the sequence is empty');
  const isNew = node.attributes.flag('new_axis') ?? false;
  const rank = parts[0].shape.length + (isNew ? 1 : 0);
  const along = node.attributes.int('axis') ?? node.refuse('it does not say along which axis');
  const axis = node.axis(along, rank);
  return isNew ? stacked(node, parts, axis) : joined(node, parts, axis);
}
