import { describe, expect, it } from 'vitest';
import type { CheckJob } from '../../src/check/check-job.ts';
import { estimate } from '../../src/check/plan/estimate.ts';
import type { PointReport, Report } from '../../src/check/report/report.ts';
import { undisturbedReport, withoutDuration } from '../fixtures/coordination.ts';
import { jobOfPoints } from '../fixtures/job-of-points.ts';
import { cubeJob, networkJob } from '../fixtures/jobs.ts';
import { checkGradients } from '../fixtures/on-kernels.ts';
import { claimingRight } from '../fixtures/right-gradient.ts';

const at = (seed: number) => networkJob([6, 5, 3], 4, seed);
/** Another θ, another claimed gradient, and the same data. */
const sameData = (job: CheckJob): CheckJob => ({ ...job, data: at(1).data });
const right = claimingRight(at(1));
const oneWrong = claimingRight(sameData(at(2)), new Map([[7, 0.5]]));
const zeros = sameData(at(3));

const cubeAt = (theta: number, claimed: number, cost?: number): CheckJob => {
  const job = cubeJob();
  const spec = { ...job.spec, ...(cost === undefined ? {} : { cost }) };
  return { ...job, spec, theta: Float64Array.of(theta), claimed: Float64Array.of(claimed) };
};

/** What a point's report says of the gradient, as that of a job by itself has it. */
function alone({ point: _, name: __, ...report }: PointReport, { settings }: Report) {
  return withoutDuration({ ...report, settings });
}

describe('a job of several points', () => {
  it('finds at each what a job of that point alone finds, to the last bit', async () => {
    const jobs = [right, oneWrong, zeros];
    const report = await checkGradients(jobOfPoints(jobs));
    const expected = await Promise.all(jobs.map(undisturbedReport));
    expect(report.points?.map((point) => alone(point, report))).toEqual(expected);
    expect(report.points?.map(({ point, name }) => [point, name])).toEqual([
      [1, 'start'],
      [2, undefined],
      [3, undefined],
    ]);
  });

  it('says on top what all points come to, and what the worst one is', async () => {
    const report = await checkGradients(jobOfPoints([right, zeros, oneWrong]));
    const [first, second, third] = report.points ?? [];
    expect([first.verdict, second.verdict, third.verdict]).toEqual(['pass', 'fail', 'fail']);
    expect(report).toMatchObject({
      verdict: 'fail',
      relativeDifference: second.relativeDifference,
      withinTolerance: false,
      worstPoint: 2,
      cost: second.cost,
      parameters: second.parameters,
      diagnosis: second.diagnosis,
      warnings: second.warnings,
      evaluations: first.evaluations + second.evaluations + third.evaluations,
    });
    expect(report.components.total).toBe(3 * first.components.total);
    expect(report.components.failed).toBe(second.components.failed + third.components.failed);
    expect(third.components.failed).toBe(1);
  });

  it('passes where every point does, and is inconclusive where one is and none fails', async () => {
    const passing = await checkGradients(jobOfPoints([cubeAt(1, 3), cubeAt(2, 12)]));
    expect([passing.verdict, passing.withinTolerance]).toEqual(['pass', true]);
    const undecided = await checkGradients(jobOfPoints([cubeAt(1, 3), cubeAt(1e200, 3)]));
    expect(undecided.points?.map(({ verdict }) => verdict)).toEqual(['pass', 'inconclusive']);
    expect([undecided.verdict, undecided.worstPoint]).toEqual(['inconclusive', 2]);
  });

  it('tells its progress over all points, without a step back', async () => {
    const told: { completed: number; total: number }[] = [];
    await checkGradients(jobOfPoints([right, zeros]), {
      onProgress: ({ completed, total }) => told.push({ completed, total }),
    });
    const components = right.theta.length;
    expect(new Set(told.map(({ total }) => total))).toEqual(new Set([2 * components]));
    const completed = told.map((progress) => progress.completed);
    expect(completed).toEqual(completed.toSorted((a, b) => a - b));
    expect(completed).toContain(components);
    expect(completed.at(-1)).toBe(2 * components);
  });

  it('ends at the point whose cost is another than the client has', async () => {
    const job = jobOfPoints([cubeAt(1, 3, 1), cubeAt(2, 12, 7)]);
    await expect(checkGradients(job)).rejects.toMatchObject({
      code: 'cost-mismatch',
      message: expect.stringMatching(/^at point 2, the client's J is 7, the service's is 8/),
    });
    const rightCosts = jobOfPoints([cubeAt(1, 3, 1), cubeAt(2, 12, 8)]);
    expect((await checkGradients(rightCosts)).verdict).toBe('pass');
  });

  it('holds the claimed gradient of each point to the precision in which that one was sent', async () => {
    const parameters = cubeJob().spec.parameters.map((each) => ({
      ...each,
      claimedDtype: 'float16' as const,
    }));
    const coarse = { ...cubeAt(1, 3.001), spec: { ...cubeJob().spec, parameters } };
    const report = await checkGradients(jobOfPoints([coarse, cubeAt(1, 3.001)]));
    expect(report.points?.map(({ verdict }) => verdict)).toEqual(['pass', 'fail']);
  });

  it('is planned as so many times one point, in the memory of one and the numbers of all', () => {
    const one = estimate(right.spec, 2);
    const three = estimate(jobOfPoints([right, oneWrong, zeros]).spec, 2);
    for (const key of [
      'components',
      'evaluations',
      'flops',
      'seconds',
      'shards',
      'evaluationsSaved',
    ] as const) {
      expect([key, three[key]]).toEqual([key, 3 * one[key]]);
    }
    expect(three.memoryBytes).toBe(one.memoryBytes + 3 * 2 * 8 * right.theta.length);
  });

  it('of one point has a report of that point, and no points where none are named', async () => {
    const named = await checkGradients(jobOfPoints([right]));
    expect(named).toMatchObject({ worstPoint: 1, points: [{ point: 1, name: 'start' }] });
    const unnamed = await checkGradients(right);
    expect(Object.keys(unnamed)).not.toContain('points');
    expect(Object.keys(unnamed)).not.toContain('worstPoint');
  });
});
