import { Faults } from '../../src/errors/fault.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { Tape } from '../../src/graph/tape.ts';
import { layersFormat } from '../../src/models/layers/layers-format.ts';
import { readNamedTensors } from '../../src/models/named-tensors.ts';
import type { JsonTensor } from '../../src/tensors/json-tensor.ts';
import { sizeOf, type Tensor } from '../../src/tensors/tensor.ts';
import { heapWith } from '../fixtures/on-kernels.ts';

export interface NamedJsonTensors {
  readonly [name: string]: JsonTensor;
}

/** Builds a layers model over tensors as JSON has them. */
export function buildLayers(model: object, data: NamedJsonTensors, parameters: NamedJsonTensors = {}) {
  const faults = new Faults();
  const inputs = {
    data: readNamedTensors(data, '/data', faults) ?? new Map(),
    parameters: readNamedTensors(parameters, '/parameters', faults) ?? new Map(),
  };
  const graph = layersFormat.build({ format: 'layers', ...model }, '/model', inputs, faults);
  return { graph, faults: faults.list, inputs };
}

/** J of a layers model, evaluated node by node. */
export function costOf(model: object, data: NamedJsonTensors, parameters: NamedJsonTensors = {}): number {
  const { graph, faults, inputs } = buildLayers(model, data, parameters);
  if (graph === undefined) throw new Error(JSON.stringify(faults));
  return evaluate(graph, (name) => inputs.parameters.get(name) ?? inputs.data.get(name));
}

function evaluate(graph: Graph, leaf: (name: string) => Tensor | undefined): number {
  const tape = new Tape(graph);
  const values: number[] = new Array(tape.baseSize).fill(0);
  const operands = graph.nodes.map((node, id) => {
    if (node.op !== 'parameter' && node.op !== 'data' && node.op !== 'constant') {
      return { offset: Math.max(0, tape.baseOffsets[id]), laneStride: 0 };
    }
    const name = 'name' in node ? node.name : '';
    const tensor = node.op === 'constant' ? graph.constants[Number(name)] : leaf(name);
    if (tensor?.values.length !== sizeOf(node.shape)) throw new Error(`no value for ${node.op} ${name}`);
    values.push(...tensor.values);
    return { offset: values.length - tensor.values.length, laneStride: 0 };
  });
  const heap = heapWith(values);
  tape.evaluateBase(heap, operands);
  return heap.floats[operands[graph.cost].offset];
}
