import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createJobMemory } from '../../src/check/job-memory.ts';
import { arbitraryNetwork } from '../check/arbitrary-network.ts';
import { checkGradients, viewJob } from '../fixtures/on-kernels.ts';

/** J with one component moved, by evaluating the whole graph at the moved θ: as plain as can be. */
function costAt(job: ReturnType<typeof arbitraryNetwork.build>, component: number, move: number): number {
  const theta = job.theta.slice();
  theta[component] += move;
  const view = viewJob(createJobMemory({ ...job, theta }, 1));
  return view.floats[view.baseValues(0)[job.spec.graph.cost].offset];
}

it('moving a parameter along its path gives the same numeric gradient as whole evaluations of J', async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryNetwork.recipe, async (recipe) => {
      const job = arbitraryNetwork.build(recipe);
      const step = 1e-3;
      const report = await checkGradients({
        ...job,
        spec: { ...job.spec, settings: { ...job.spec.settings, epsilon: step } },
      });
      for (const [position, parameter] of report.parameters.entries()) {
        const { offset, shape } = job.spec.parameters[position];
        for (const { index, numeric } of parameter.worst) {
          const component = offset + index.reduce((flat, i, axis) => flat * shape[axis] + i, 0);
          const whole = (costAt(job, component, step) - costAt(job, component, -step)) / (2 * step);
          expect(Math.abs(Number(numeric) - whole)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(whole)));
        }
      }
    }),
    { numRuns: 40 },
  );
});
