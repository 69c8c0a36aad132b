import type { CheckJob } from '../../src/check/check-job.ts';
import { isLeaf, type LeafNode } from '../../src/graph/graph.ts';
import { findOp } from '../../src/graph/ops/registry.ts';
import { sizeOf } from '../../src/tensors/tensor.ts';
import { createHeap } from '../fixtures/on-kernels.ts';

/** Every node's values at θ, each op's rounded before the next one takes them. */
export function forwardValues(job: CheckJob, round?: (value: number) => number): Float64Array[] {
  const { nodes } = job.spec.graph;
  const sizes = nodes.map(({ shape }) => sizeOf(shape));
  const operands = sizes.map((_, id) => ({
    offset: sizes.slice(0, id).reduce((sum, size) => sum + size, 0),
    laneStride: 0,
  }));
  const heap = createHeap(sizes.reduce((sum, size) => sum + size, 0));
  return nodes.map((node, id) => {
    const { offset } = operands[id];
    const values = heap.floats.subarray(offset, offset + sizes[id]);
    if (isLeaf(node)) values.set(leafValues(node, job));
    else {
      const kernel = findOp(node.op).compile(
        node.inputs.map((input) => nodes[input].shape),
        node.attributes,
        node.shape,
      );
      kernel(
        heap,
        1,
        node.inputs.map((input) => operands[input]),
        operands[id],
      );
    }
    if (round !== undefined) values.set(values.map(round));
    return values;
  });
}

function leafValues({ op, name }: LeafNode, job: CheckJob): Float64Array {
  if (op === 'constant') return job.spec.graph.constants[Number(name)].values;
  if (op === 'data') return job.data[job.spec.data.findIndex((each) => each.name === name)].values;
  const parameter = job.spec.parameters.find((each) => each.name === name);
  if (parameter === undefined) throw new Error(`${name} is no parameter`);
  return job.theta.subarray(parameter.offset, parameter.offset + parameter.size);
}
