import { Faults } from '../../src/errors/fault.ts';
import { type Graph, isLeaf, type NodeId } from '../../src/graph/graph.ts';
import { Tape } from '../../src/graph/tape.ts';
import { expressionFormat } from '../../src/models/expression/expression-format.ts';
import type { NamedTensors } from '../../src/models/model-format.ts';
import { readJsonTensor } from '../../src/tensors/json-tensor.ts';
import { type Shape, sizeOf } from '../../src/tensors/tensor.ts';
import { heapWith } from '../fixtures/on-kernels.ts';

/** Tensors as JSON has them. */
export interface NamedJson {
  readonly [name: string]: unknown;
}

function readTensors(json: NamedJson): NamedTensors {
  const faults = new Faults();
  const tensors = Object.entries(json).map(
    ([name, value]) => [name, readJsonTensor(value, `/${name}`, faults)] as const,
  );
  if (!faults.none) throw new Error(JSON.stringify(faults.list));
  return new Map(tensors);
}

/** Builds an expression over data and parameters. */
export function build(cost: unknown, data: NamedJson = {}, parameters: NamedJson = {}) {
  const faults = new Faults();
  const inputs = { data: readTensors(data), parameters: readTensors(parameters) };
  const graph = expressionFormat.build({ format: 'expression', cost }, '/model', inputs, faults);
  return { graph, inputs, details: faults.list.map(({ detail }) => detail), faults: faults.list };
}

/** The details of an expression's faults, all of which lie at `/model/cost`. */
export function faultsOf(cost: string, data: NamedJson = {}, parameters: NamedJson = {}): string[] {
  const { graph, faults, details } = build(cost, data, parameters);
  if (graph !== undefined) throw new Error(`${cost} has no faults`);
  for (const { pointer } of faults) if (pointer !== '/model/cost') throw new Error(pointer);
  return details;
}

/** J, evaluated node by node. */
export function costOf(cost: string, data: NamedJson = {}, parameters: NamedJson = {}): number {
  const { graph, inputs } = built(cost, data, parameters);
  return valuesOf(graph, graph.cost, inputs)[0];
}

/** The tensor that an expression of any shape stands for. */
export function tensorOf(expression: string, data: NamedJson = {}, parameters: NamedJson = {}) {
  // The sum of a stack of two: its first part is the tensor with an axis of length 1 in front.
  const { graph, inputs } = built(
    `Tensor_ = ${expression}\nsum(stack([Tensor_, Tensor_]))`,
    data,
    parameters,
  );
  const part = inputsOf(graph, inputsOf(graph, graph.cost)[0])[0];
  const shape = graph.nodes[part].shape.slice(1);
  return { shape, values: valuesOf(graph, part, inputs) };
}

function built(cost: string, data: NamedJson, parameters: NamedJson) {
  const { graph, inputs, details } = build(cost, data, parameters);
  if (graph === undefined) throw new Error(details.join('\n'));
  return { graph, inputs };
}

/** The ops that a graph's cost depends on, in order. */
export function opsOf(graph: Graph): string[] {
  return new Tape(graph).instructions.map(({ node }) => graph.nodes[node].op);
}

function inputsOf(graph: Graph, id: NodeId): readonly NodeId[] {
  const node = graph.nodes[id];
  return isLeaf(node) ? [] : node.inputs;
}

function valuesOf(
  graph: Graph,
  target: NodeId,
  inputs: { readonly data: NamedTensors; readonly parameters: NamedTensors },
): number[] {
  const tape = new Tape({ ...graph, cost: target });
  const values: number[] = new Array(tape.baseSize).fill(0);
  const operands = graph.nodes.map((node, id) => {
    if (!isLeaf(node)) return { offset: Math.max(0, tape.baseOffsets[id]), laneStride: 0 };
    const tensors = node.op === 'data' ? inputs.data : inputs.parameters;
    const leaf = node.op === 'constant' ? graph.constants[Number(node.name)] : tensors.get(node.name);
    if (leaf === undefined) throw new Error(`no values for ${node.name}`);
    for (const value of leaf.values) values.push(value);
    return { offset: values.length - leaf.values.length, laneStride: 0 };
  });
  const heap = heapWith(values);
  tape.evaluateBase(heap, operands);
  const { offset } = operands[target];
  return Array.from(heap.floats.subarray(offset, offset + sizeOf(graph.nodes[target].shape)));
}

/** Nested arrays of 1, 2, 3, … in a shape. */
export function counting(shape: Shape): unknown {
  return { shape, values: Array.from({ length: sizeOf(shape) }, (_, i) => i + 1) };
}
