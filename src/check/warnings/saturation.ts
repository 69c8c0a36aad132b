import { type Graph, isLeaf, type OpNode } from '../../graph/graph.ts';
import type { Operand } from '../../graph/op.ts';
import { sizeOf, stridesOf } from '../../tensors/tensor.ts';
import { listed, type WarningCheck } from './warning.ts';

/** A squashing op, or all of one kind in a layer, that is flat for most of its values at θ. */
export interface Saturation {
  /** What the client wrote that became it. */
  readonly layer: string;
  readonly op: string;
  /** Of `values`, a line of softmax counting as one. */
  readonly flat: number;
  readonly values: number;
}

/** A slope of such a share of the steepest, or a largest probability that near to 1, is flat. */
const FLAT = 1e-4;
/** More than such a share of the values make the whole saturated. */
const MOST = 0.5;

/** Counts the flat ones among a node's values, and all. */
type Count = (node: OpNode, values: Float64Array) => { readonly flat: number; readonly values: number };

const counts: Readonly<Record<string, Count>> = {
  sigmoid: (_node, values) => countFlat(values, (value) => 4 * value * (1 - value) < FLAT),
  tanh: (_node, values) => countFlat(values, (value) => 1 - value * value < FLAT),
  softmax: (node, values) => countFlat(largestOfLines(node, values), (value) => value > 1 - FLAT),
  'log-softmax': (node, values) => countFlat(largestOfLines(node, values), (value) => value > -FLAT),
};

/** @param base where the base values of each node lie in `floats` */
export function findSaturation(
  graph: Graph,
  parameters: ReadonlySet<string>,
  floats: Float64Array,
  base: readonly Operand[],
): readonly Saturation[] {
  const found = new Map<string, Saturation>();
  const reached: boolean[] = [];
  for (const [id, node] of graph.nodes.entries()) {
    reached[id] = isLeaf(node)
      ? node.op === 'parameter' && parameters.has(node.name)
      : node.inputs.some((input) => reached[input]);
    const count = reached[id] && !isLeaf(node) ? counts[node.op] : undefined;
    if (isLeaf(node) || count === undefined) continue;
    const { offset } = base[id];
    const { flat, values } = count(node, floats.subarray(offset, offset + sizeOf(node.shape)));
    const layer = node.source ?? `node ${id}`;
    const key = `${layer} ${node.op}`;
    const known = found.get(key) ?? { layer, op: node.op, flat: 0, values: 0 };
    found.set(key, { ...known, flat: known.flat + flat, values: known.values + values });
  }
  return [...found.values()].filter(({ flat, values }) => flat > MOST * values);
}

function countFlat(values: Float64Array, isFlat: (value: number) => boolean) {
  let flat = 0;
  for (let i = 0; i < values.length; i++) if (isFlat(values[i])) flat++;
  return { flat, values: values.length };
}

/** The largest value of each line along the op's axis. */
function largestOfLines({ shape, attributes }: OpNode, values: Float64Array): Float64Array {
  const axis = (Number(attributes.axis) + shape.length) % shape.length;
  const length = shape[axis];
  const stride = stridesOf(shape)[axis];
  const largest = new Float64Array(values.length / Math.max(1, length)).fill(Number.NEGATIVE_INFINITY);
  for (let i = 0; i < values.length; i++) {
    const line = Math.floor(i / (stride * length)) * stride + (i % stride);
    largest[line] = Math.max(largest[line], values[i]);
  }
  return largest;
}

export const saturated: WarningCheck = ({ traits: { saturation } }) => {
  if (saturation.length === 0) return undefined;
  const parts = saturation.map(({ layer, op, flat, values }) => {
    const what = op.endsWith('softmax')
      ? 'lines give one entry all but everything'
      : 'values lie where it is flat';
    return `${op} of ${layer}, where ${flat} of ${values} ${what}`;
  });
  const message = `saturated: ${listed(parts)}; hardly anything is passed back through it, so a wrong derivative behind it can look right: check at smaller values of the weights or the data`;
  return { code: 'saturated', message };
};
