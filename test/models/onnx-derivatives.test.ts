import { describe, expect, it } from 'vitest';
import type { CheckJob } from '../../src/check/check-job.ts';
import { readOnnxFile } from '../../src/models/onnx/file/read-onnx-file.ts';
import { OnnxRefusal } from '../../src/models/onnx/onnx-refusal.ts';
import { NaiveDifferences } from '../check/naive-differences.ts';
import { checkBy } from '../fixtures/right-gradient.ts';
import { readNodeCases, withoutNodeCases } from './onnx-case-archive.ts';
import { jobOfCase } from './onnx-case-job.ts';
import type { NodeCase } from './onnx-node-case.ts';

const mostComponents = 60;

/** One case of each operator that is differentiated, the first that is small. */
function jobsByOperator(): ReadonlyMap<string, CheckJob> {
  const jobs = new Map<string, CheckJob>();
  for (const each of withoutNodeCases ? [] : readNodeCases()) {
    const operator = onlyOperator(each);
    if (operator === undefined || jobs.has(operator)) continue;
    const job = taken(each);
    if (job !== undefined && job.theta.length <= mostComponents) jobs.set(operator, job);
  }
  return jobs;
}

function onlyOperator({ model }: NodeCase): string | undefined {
  try {
    const { nodes } = readOnnxFile(model);
    return nodes.length === 1 ? nodes[0].operator : undefined;
  } catch {
    return undefined;
  }
}

function taken(nodeCase: NodeCase): CheckJob | undefined {
  try {
    return jobOfCase(nodeCase);
  } catch (error) {
    if (error instanceof OnnxRefusal) return undefined;
    throw error;
  }
}

describe.skipIf(withoutNodeCases)('the derivatives through an ONNX operator', () => {
  const jobs = jobsByOperator();

  it('are there for all that networks are made of', () => {
    expect(jobs.size).toBeGreaterThan(75);
  });

  it.each([...jobs])('%s are those of evaluating everything at every point', (_operator, job) => {
    const naive = new NaiveDifferences(job);
    if (!Number.isFinite(naive.cost)) return;
    const probed = (['weight-perturbation', 'node-perturbation'] as const).map(
      (strategy) => checkBy(strategy, job).numeric,
    );
    job.theta.forEach((theta, component) => {
      const step = 1e-5 * Math.max(1, Math.abs(theta));
      const [wide, narrow] = [naive.central(component, step), naive.central(component, step / 4)];
      const slack = 1e-4 * (1 + Math.abs(wide));
      // At a kink or a jump the step decides what a difference is.
      if (!(Math.abs(wide - narrow) < slack)) return;
      for (const numeric of probed) expect(Math.abs(numeric[component] - wide)).toBeLessThan(slack);
    });
  });
});
