import { type Shape, sizeOf } from '../../../tensors/tensor.ts';
import type { NodeSite } from '../node-site.ts';
import type { OnnxValue } from '../onnx-value.ts';

/**
 * A value of some shape whose entry i is entry `table[i]` of these sources, which are counted through one after the
 * other, row-major. For what no regular movement does.
 */
export function pickedEntries(
  node: NodeSite,
  sources: readonly OnnxValue[],
  shape: Shape,
  table: ArrayLike<number>,
): OnnxValue {
  const flat = sources.map((source) => node.reshape(source, [sizeOf(source.shape)]));
  const all = flat.length === 1 ? flat[0] : node.apply('concat', flat, { axis: 0 });
  const places = node.constant('int64', shape, Float64Array.from(table));
  return node.apply('take-rows', [all, places]);
}
