import { formatShape } from '../../../tensors/tensor.ts';
import type { NodeSite } from '../node-site.ts';
import type { OnnxValue } from '../onnx-value.ts';
import { type OnnxOperator, operator } from '../operator.ts';
import { paddedAlong, slicedAlong } from './cutting.ts';
import { places, takenAlong } from './gathering.ts';

/** Entries put around a value. */
export const padding: readonly OnnxOperator[] = [operator('Pad', 2, pad)];

type Mode = 'constant' | 'reflect' | 'edge' | 'wrap';

/** The lengths of the pads are an attribute before opset 11, and inputs from it on; negative ones cut off. */
function pad(node: NodeSite): OnnxValue {
  const x = node.input(0);
  const mode = node.choice<Mode>('mode', 'constant', ['constant', 'reflect', 'edge', 'wrap']);
  const isInput = node.opset >= 11;
  const pads = (isInput ? node.needIntegers(node.input(1), 'the pads') : node.attributes.ints('pads')) ?? [];
  const named = isInput ? node.optional(3) : undefined;
  const axes = node.axes(
    named === undefined ? x.shape.map((_, axis) => axis) : node.needIntegers(named, 'axes'),
    x.shape.length,
  );
  if (pads.length !== 2 * axes.length) {
    node.refuse(`the pads ${formatShape(pads)} are not two for each of ${axes.length} axes`);
  }
  const entry = padEntry(node, x, isInput);
  return axes.reduce((each, axis, i) => {
    const [before, after] = [pads[i], pads[axes.length + i]];
    const length = x.shape[axis];
    node.checkSize(each.shape.with(axis, length + before + after));
    const [start, end] = [Math.max(0, -before), length - Math.max(0, -after)];
    const cut = slicedAlong(node, each, axis, start, Math.max(start, end));
    const around = [Math.max(0, before), Math.max(0, after)] as const;
    if (around[0] === 0 && around[1] === 0) return cut;
    if (mode === 'constant') return paddedAlong(node, cut, axis, around, entry);
    return takenAlong(node, cut, axis, places(node, repeatedIndices(node, mode, cut.shape[axis], around)));
  }, x);
}

function padEntry(node: NodeSite, x: OnnxValue, isInput: boolean): OnnxValue {
  if (!isInput) return node.scalar(node.attributes.float('value') ?? 0, x);
  const given = node.optional(2);
  return given === undefined ? node.scalar(0, x) : node.reshape(given, []);
}

/** Which index of an axis stands at each place of the padded one. */
function repeatedIndices(
  node: NodeSite,
  mode: Exclude<Mode, 'constant'>,
  length: number,
  [before, after]: readonly [number, number],
): number[] {
  if (length === 0) node.refuse(`there is no entry to ${mode}`);
  node.checkFolded([before + length + after]);
  return Array.from({ length: before + length + after }, (_, i) => {
    const at = i - before;
    if (mode === 'edge') return Math.max(0, Math.min(at, length - 1));
    if (mode === 'wrap') return ((at % length) + length) % length;
    if (length === 1) return 0;
    // Turned round at the first and the last entry, which stand there once.
    const period = 2 * (length - 1);
    const within = ((at % period) + period) % period;
    return Math.min(within, period - within);
  });
}
