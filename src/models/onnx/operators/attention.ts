import { formatShape } from '../../../tensors/tensor.ts';
import { elementType } from '../element-type.ts';
import type { NodeSite } from '../node-site.ts';
import type { OnnxValue } from '../onnx-value.ts';
import { type OnnxOperator, operator } from '../operator.ts';
import { joined, paddedAlong } from './cutting.ts';
import { times } from './scaling.ts';

/** Scaled dot-product attention (Vaswani et al. 2017) over several heads. */
export const attentions: readonly OnnxOperator[] = [operator('Attention', 23, attention)];

/** softmax(scale·Q·Kᵀ + mask)·V, of [n, heads, length, size] each. */
function attention(node: NodeSite): readonly OnnxValue[] {
  const isFlat = node.input(0).shape.length === 3;
  const heads = headCounts(node, isFlat);
  const query = byHeads(node, 0, heads.query, isFlat);
  const key = withPast(node, byHeads(node, 1, heads.key, isFlat), 4);
  const value = withPast(node, byHeads(node, 2, heads.key, isFlat), 5);
  const scores = scoresOf(node, query, repeated(node, key, query));
  const capped = softCapped(node, scores);
  const masked = withMasks(node, capped, key);
  const weights = node.apply('softmax', [masked], { axis: 3 });
  const result = node.apply('matmul', [weights, repeated(node, value, query)]);
  const mode = node.attributes.int('qk_matmul_output_mode') ?? 0;
  const shown = [scores, capped, masked, weights][mode] ?? node.refuse(`the mode ${mode} is not supported`);
  return [isFlat ? flattened(node, result) : result, key, value, shown];
}

function headCounts(node: NodeSite, isFlat: boolean) {
  const query = node.attributes.int('q_num_heads');
  const key = node.attributes.int('kv_num_heads');
  if (isFlat && (query === undefined || key === undefined))
    node.refuse('it does not say how many heads there are');
  const precision = node.attributes.int('softmax_precision');
  if (precision !== undefined && elementType(precision) === undefined) {
    node.refuse(`the softmax_precision ${precision} is not supported`);
  }
  return { query: query ?? 0, key: key ?? 0 };
}

/** [n, heads, length, size], also of [n, length, heads·size]. */
function byHeads(node: NodeSite, position: number, heads: number, isFlat: boolean): OnnxValue {
  const x = node.needFloat(node.input(position));
  if (!isFlat && x.shape.length === 4) return x;
  const [n, length, width] = x.shape;
  if (!isFlat || x.shape.length !== 3 || width % heads !== 0) {
    node.refuse(
      `its input ${position} of shape ${formatShape(x.shape)} cannot be parted into ${heads} heads`,
    );
  }
  return node.transpose(node.reshape(x, [n, length, heads, width / heads]), [0, 2, 1, 3]);
}

function flattened(node: NodeSite, x: OnnxValue): OnnxValue {
  const [n, heads, length, size] = x.shape;
  return node.reshape(node.transpose(x, [0, 2, 1, 3]), [n, length, heads * size]);
}

/** What was kept of earlier places comes before. */
function withPast(node: NodeSite, x: OnnxValue, position: number): OnnxValue {
  const past = node.optional(position);
  return past === undefined ? x : joined(node, [past, x], 2);
}

/** Each head of keys or values for as many heads of queries as share it. */
function repeated(node: NodeSite, x: OnnxValue, query: OnnxValue): OnnxValue {
  const [n, heads, length, size] = x.shape;
  const times = query.shape[1] / heads;
  if (!Number.isInteger(times)) node.refuse(`${query.shape[1]} heads cannot share ${heads}`);
  if (times === 1) return x;
  const wide = node.broadcastTo(node.reshape(x, [n, heads, 1, length, size]), [
    n,
    heads,
    times,
    length,
    size,
  ]);
  return node.reshape(wide, [n, heads * times, length, size]);
}

function scoresOf(node: NodeSite, query: OnnxValue, key: OnnxValue): OnnxValue {
  const scale = node.attributes.float('scale') ?? 1 / Math.sqrt(query.shape[3]);
  return times(node, node.apply('matmul', [query, key], { transposeB: true }), scale);
}

/** cap·tanh(z/cap). */
function softCapped(node: NodeSite, scores: OnnxValue): OnnxValue {
  const cap = node.attributes.float('softcap') ?? 0;
  return cap === 0 ? scores : times(node, node.apply('tanh', [times(node, scores, 1 / cap)]), cap);
}

/** −∞ where a place may not be seen. */
function withMasks(node: NodeSite, scores: OnnxValue, key: OnnxValue): OnnxValue {
  const causal = causalMask(node, scores);
  const padded = paddingMask(node, scores);
  const given = givenMask(node, key.shape[2]);
  return [given, causal, padded].reduce<OnnxValue>((sum, mask) => {
    if (mask === undefined) return sum;
    if (mask.type !== 'bool') return node.apply('add', [sum, mask]);
    return node.apply('where', [mask, sum, node.scalar(Number.NEGATIVE_INFINITY, sum)], {}, sum.type);
  }, scores);
}

/** A place sees those up to its own, and all that were kept of earlier ones. */
function causalMask(node: NodeSite, scores: OnnxValue): OnnxValue | undefined {
  if (!(node.attributes.flag('is_causal') ?? false)) return undefined;
  const [rows, columns] = scores.shape.slice(-2);
  const past = node.optional(4)?.shape[2] ?? 0;
  return node.fold('bool', [rows, columns], (i) => Number((i % columns) - past <= Math.floor(i / columns)));
}

/** Of each sequence the places up to its length. */
function paddingMask(node: NodeSite, scores: OnnxValue): OnnxValue | undefined {
  const given = node.optional(6);
  if (given === undefined) return undefined;
  const lengths = node.needIntegers(given, 'nonpad_kv_seqlen');
  const [n, , , columns] = scores.shape;
  if (lengths.length !== n) node.refuse(`there are ${lengths.length} lengths of ${n} sequences`);
  return node.fold('bool', [n, 1, 1, columns], (i) => Number(i % columns < lengths[Math.floor(i / columns)]));
}

/** A mask that ends early hides what comes after. */
function givenMask(node: NodeSite, length: number): OnnxValue | undefined {
  const mask = node.optional(3);
  const last = (mask?.shape.length ?? 0) - 1;
  if (mask === undefined || mask.shape[last] === length || mask.shape[last] === 1) return mask;
  const hidden = node.scalar(mask.type === 'bool' ? 0 : Number.NEGATIVE_INFINITY, mask);
  return paddedAlong(node, mask, last, [0, length - mask.shape[last]], hidden);
}
