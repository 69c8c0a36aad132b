import { formatShape } from '../../../tensors/tensor.ts';
import type { NodeSite } from '../node-site.ts';
import type { OnnxValue } from '../onnx-value.ts';
import { type OnnxOperator, operator } from '../operator.ts';
import { joined, slicedAlong, stacked, unstacked } from './cutting.ts';
import { places, takenAlong } from './gathering.ts';

/** Pairs of features turned by an angle that grows with the place (Su et al., "RoFormer", 2021). */
export const rotaryEmbeddings: readonly OnnxOperator[] = [operator('RotaryEmbedding', 23, rotaryEmbedding)];

function rotaryEmbedding(node: NodeSite): OnnxValue {
  const given = node.needFloat(node.input(0));
  const isFlat = given.shape.length === 3;
  const x = isFlat ? byHeads(node, given) : node.transpose(given, [0, 2, 1, 3]);
  const size = x.shape[3];
  const turned = node.attributes.int('rotary_embedding_dim') ?? 0;
  const width = turned === 0 ? size : turned;
  if (width % 2 !== 0 || width > size) node.refuse(`${width} of ${size} features cannot be turned in pairs`);
  const [cosine, sine] = [anglesOf(node, 1, x, width), anglesOf(node, 2, x, width)];
  const result = joined(
    node,
    [rotated(node, slicedAlong(node, x, 3, 0, width), cosine, sine), ...rest(node, x, width)],
    3,
  );
  if (isFlat) return node.reshape(result, given.shape);
  return node.transpose(result, [0, 2, 1, 3]);
}

/** [n, length, heads, size] of [n, length, heads·size]. */
function byHeads(node: NodeSite, x: OnnxValue): OnnxValue {
  const heads = node.attributes.int('num_heads') ?? node.refuse('it does not say how many heads there are');
  const [n, length, width] = x.shape;
  if (heads < 1 || width % heads !== 0) {
    node.refuse(`its input of shape ${formatShape(x.shape)} cannot be parted into ${heads} heads`);
  }
  return node.reshape(x, [n, length, heads, width / heads]);
}

/** [n, length, 1, width / 2]: rows of a table by the ids of the places, or given for each place. */
function anglesOf(node: NodeSite, position: number, x: OnnxValue, width: number): OnnxValue {
  const table = node.input(position);
  const ids = node.optional(3);
  const angles =
    ids === undefined
      ? table
      : node.reshape(takenAlong(node, table, 0, places(node, node.needIntegers(ids, 'the position_ids'))), [
          ...ids.shape,
          ...table.shape.slice(1),
        ]);
  const half = slicedAlong(node, angles, angles.shape.length - 1, 0, width / 2);
  const [n, length] = x.shape;
  if (half.shape.join() !== [n, length, width / 2].join()) {
    node.refuse(`its input ${position} has shape ${formatShape(table.shape)}, which does not fit`);
  }
  return node.reshape(half, [n, length, 1, width / 2]);
}

function rest(node: NodeSite, x: OnnxValue, width: number): OnnxValue[] {
  return width === x.shape[3] ? [] : [slicedAlong(node, x, 3, width, x.shape[3])];
}

/** A pair is two neighbours where it says `interleaved`, else an entry of either half. */
function rotated(node: NodeSite, x: OnnxValue, cosine: OnnxValue, sine: OnnxValue): OnnxValue {
  const half = x.shape[3] / 2;
  const isInterleaved = node.attributes.flag('interleaved') ?? false;
  const lengths = x.shape.slice(0, 3);
  const axis = isInterleaved ? 4 : 3;
  const pairs = node.reshape(x, [...lengths, ...(isInterleaved ? [half, 2] : [2, half])]);
  const [a, b] = unstacked(node, pairs, axis);
  const product = (left: OnnxValue, right: OnnxValue) => node.apply('multiply', [left, right]);
  const first = node.apply('subtract', [product(a, cosine), product(b, sine)]);
  const second = node.apply('add', [product(a, sine), product(b, cosine)]);
  return node.reshape(stacked(node, [first, second], axis), x.shape);
}
