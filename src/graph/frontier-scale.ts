import { type Shape, sizeOf, unravel } from '../tensors/tensor.ts';
import { type Graph, isLeaf, type NodeId } from './graph.ts';
import type { Operand } from './op.ts';
import { findOp } from './ops/registry.ts';
import type { ProbeProgram } from './probe-program.ts';
import { FREE, pointRegion, RegionMap } from './region.ts';

/**
 * The scale of the numbers that enter the last subtraction of the cost: Σ |weight| · magnitude over the frontier of a
 * program that moves a whole node. An entry's magnitude is the largest of its own and of the values that it is
 * computed from: the logits, say, of a cross-entropy, which lose digits when they cancel however small J is.
 * @param weights where the program's weights lie, computed
 */
export function frontierScale(
  program: ProbeProgram,
  memory: Float64Array,
  base: readonly Operand[],
  weights: number,
): number {
  const { graph } = program.weights;
  let scale = 0;
  for (const { node } of program.frontier) {
    const at = weights + program.weights.offsetOf(node);
    const magnitudes = magnitudesOf(graph, node, memory, base);
    for (let entry = 0; entry < magnitudes.length; entry++)
      scale += Math.abs(memory[at + entry]) * magnitudes[entry];
  }
  return scale;
}

function magnitudesOf(
  graph: Graph,
  id: NodeId,
  memory: Float64Array,
  base: readonly Operand[],
): Float64Array {
  const node = graph.nodes[id];
  const { offset } = base[id];
  const magnitudes = memory.slice(offset, offset + sizeOf(node.shape)).map(Math.abs);
  if (isLeaf(node)) return magnitudes;
  const shapes = node.inputs.map((input) => graph.nodes[input].shape);
  const pulled = findOp(node.op).pull?.(pointRegion(node.shape).fixed, shapes, node.attributes, node.shape);
  node.inputs.forEach((input, position) => {
    const from = base[input].offset;
    const size = sizeOf(shapes[position]);
    if (size === magnitudes.length) {
      for (let i = 0; i < size; i++) raise(magnitudes, i, memory[from + i]);
      return;
    }
    const fixed = pulled?.[position] ?? commonAxes(shapes[position], node.shape);
    raiseByRegion(magnitudes, node.shape, new RegionMap({ shape: shapes[position], fixed }), memory, from);
  });
  return magnitudes;
}

/** Where an op does not say what an entry is computed from: what lies at its place along the axes that are left whole. */
function commonAxes(input: Shape, output: Shape): number[] {
  return input.map((length, axis) =>
    input.length === output.length && length === output[axis] ? axis : FREE,
  );
}

/** Raises each entry's magnitude to the largest in the region of an input that it is computed from. */
function raiseByRegion(
  magnitudes: Float64Array,
  shape: Shape,
  map: RegionMap,
  memory: Float64Array,
  from: number,
): void {
  const largest = new Map<number, number>();
  const { table, size } = map;
  for (let entry = 0; entry < magnitudes.length; entry++) {
    const start = from + map.start(Int32Array.from(unravel(entry, shape)), 0);
    let known = largest.get(start);
    if (known === undefined) {
      known = 0;
      for (let i = 0; i < size; i++)
        known = Math.max(known, Math.abs(memory[start + (table === undefined ? i : table[i])]));
      largest.set(start, known);
    }
    raise(magnitudes, entry, known);
  }
}

function raise(magnitudes: Float64Array, entry: number, value: number): void {
  // NaN stays once it is met.
  magnitudes[entry] = Math.max(magnitudes[entry], Math.abs(value));
}
