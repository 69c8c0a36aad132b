import { sizeOf } from '../../tensors/tensor.ts';
import type { Kernel, Op } from '../op.ts';
import { pullElementwise, spreadElementwise } from '../spread.ts';

/**
 * z, but probed as its base values plus what z changes by: put in the place of an activation a, whose base values
 * stay, it is a(z₀) + (z − z₀), an activation of slope 1. No model has it; `withUnitSlope` puts it there. It is not
 * said to be linear, so that whatever moves it takes the same way to the cost as through the activation.
 */
export const unitSlope: Op = {
  name: 'unit-slope',
  arity: 1,
  inferShape: ([shape]) => shape,
  compile: (_inputs, _attributes, output) => copying(sizeOf(output), false),
  compileAdding: (_inputs, _attributes, output) => copying(sizeOf(output), true),
  flops: (_inputs, _attributes, output) => sizeOf(output),
  spread: (query) => ({ ...spreadElementwise(query), update: true }),
  pull: pullElementwise,
};

function copying(size: number, adding: boolean): Kernel {
  return ({ floats }, lanes, [input], output) => {
    for (let lane = 0; lane < lanes; lane++) {
      const from = input.offset + lane * input.laneStride;
      const to = output.offset + lane * output.laneStride;
      for (let i = 0; i < size; i++) floats[to + i] = (adding ? floats[to + i] : 0) + floats[from + i];
    }
  };
}
