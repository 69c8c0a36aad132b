import { describe, expect, it } from 'vitest';
import type { CheckJob } from '../../src/check/check-job.ts';
import { createJobMemory } from '../../src/check/job-memory.ts';
import { defaultSettings } from '../../src/check/settings.ts';
import { GraphBuilder } from '../../src/graph/graph-builder.ts';
import { sizeOf } from '../../src/tensors/tensor.ts';
import { viewJob } from '../fixtures/on-kernels.ts';

/** A convolution of one tap, large enough that its product is packed. */
function convolutionJob(): CheckJob {
  const graph = new GraphBuilder();
  const [patches, weights] = [
    [1, 24, 1, 1, 12, 12],
    [16, 24, 1, 1],
  ];
  const product = graph.apply('patch-product', [graph.data('X', patches), graph.parameter('K', weights)]);
  const size = sizeOf(weights);
  return {
    spec: {
      graph: graph.finish(graph.apply('mean', [product], { axes: [0, 1, 2, 3], keepDims: false })),
      parameters: [{ name: 'K', shape: weights, offset: 0, size, claimedDtype: 'float64' }],
      data: [{ name: 'X', shape: patches }],
      settings: defaultSettings,
      labels: {},
    },
    theta: new Float64Array(size).fill(1),
    claimed: new Float64Array(size),
    data: [{ shape: patches, dtype: 'float64', values: new Float64Array(sizeOf(patches)).fill(1) }],
  };
}

describe('the memory of a job', () => {
  it('has room for packing the matrices of a convolution, so that one slot writes nothing into the next', () => {
    const view = viewJob(createJobMemory(convolutionJob(), 2));
    const { slot, slotSize } = view.layout;
    const [cost] = view.baseValues(0).slice(-1);
    expect(view.floats[cost.offset]).toBe(24);
    expect(view.floats.subarray(slot + slotSize, slot + 2 * slotSize).every((value) => value === 0)).toBe(
      true,
    );
  });
});
