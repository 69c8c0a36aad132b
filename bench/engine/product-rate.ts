import type { CheckJob } from '../../src/check/check-job.ts';
import { createJobMemory, JobView } from '../../src/check/job-memory.ts';
import { randomStream } from '../../src/check/random.ts';
import { defaultSettings } from '../../src/check/settings.ts';
import { GraphBuilder } from '../../src/graph/graph-builder.ts';
import { instantiateKernels } from '../../src/kernels/kernels.ts';
import { loadKernelModule } from '../../src/kernels/load-module.ts';
import { median } from '../median.ts';

/** The product of a hidden layer of the largest network. */
const EXAMPLES = 64;
const UNITS = 2048;

const SAMPLES = 7;

/** Text for the head of a column or a note. */
export const productName = `${EXAMPLES}×${UNITS} by ${UNITS}×${UNITS}`;

/**
 * What the graph's own matrix product reaches on one thread, in floating-point operations a second: the yardstick of
 * what a check of dense layers can reach.
 */
export function productRate(): number {
  const memory = createJobMemory(productJob(), 1);
  const view = new JobView(memory, instantiateKernels(loadKernelModule(), memory));
  const operands = view.baseValues(0);
  const rates = Array.from({ length: SAMPLES }, () => {
    const started = performance.now();
    view.compiled.tape.evaluateBase(view.heap(0), operands);
    const seconds = (performance.now() - started) / 1000;
    return (2 * EXAMPLES * UNITS * UNITS) / seconds;
  });
  return median(rates);
}

/** J = the sum of the entries of X·W, so that little else than the product is computed. */
function productJob(): CheckJob {
  const builder = new GraphBuilder();
  const x = builder.data('X', [EXAMPLES, UNITS]);
  const weights = builder.parameter('W', [UNITS, UNITS]);
  const product = builder.apply('matmul', [x, weights], { transposeA: false, transposeB: false });
  const graph = builder.finish(builder.apply('sum', [product], { axes: [0, 1], keepDims: false }));
  const random = randomStream(1);
  const theta = Float64Array.from({ length: UNITS * UNITS }, random);
  return {
    spec: {
      graph,
      parameters: [
        { name: 'W', shape: [UNITS, UNITS], offset: 0, size: theta.length, claimedDtype: 'float64' },
      ],
      data: [{ name: 'X', shape: [EXAMPLES, UNITS] }],
      settings: defaultSettings,
      labels: {},
    },
    theta,
    claimed: new Float64Array(theta.length),
    data: [
      {
        shape: [EXAMPLES, UNITS],
        dtype: 'float64',
        values: Float64Array.from({ length: EXAMPLES * UNITS }, random),
      },
    ],
  };
}
