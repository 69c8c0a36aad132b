import { type CheckJob, type CheckSpec, componentCount } from '../check-job.ts';
import { compileAs } from '../compile-job.ts';

/** A point as reports and events name it. */
export interface PointLabel {
  /** Its number, from 1 on. */
  readonly point: number;
  readonly name?: string;
}

/** How many points a job is checked at. */
export function pointCount({ points }: CheckSpec): number {
  return points?.length ?? 1;
}

/** The components of θ at all points together. */
export function componentsAtAllPoints(spec: CheckSpec): number {
  return pointCount(spec) * componentCount(spec);
}

/** How a point is named; undefined where the job has no points but the one it is. */
export function pointLabel({ points }: CheckSpec, point: number): PointLabel | undefined {
  if (points === undefined) return undefined;
  const { name } = points[point - 1];
  return name === undefined ? { point } : { point, name };
}

/** A point as sentences name it: `point 2 (epoch 3)`. */
export function pointTitle({ point, name }: PointLabel): string {
  return `point ${point}${name === undefined ? '' : ` (${name})`}`;
}

/** The spec of one point's check, as if it were a job by itself. @param point from 1 on */
export function specAt(spec: CheckSpec, point: number): CheckSpec {
  const { points, cost: _, parameters, ...shared } = spec;
  if (points === undefined) return spec;
  const { cost, claimedDtypes } = points[point - 1];
  const own: CheckSpec = {
    ...shared,
    parameters: parameters.map((parameter, i) => ({ ...parameter, claimedDtype: claimedDtypes[i] })),
    ...(cost === undefined ? {} : { cost }),
  };
  compileAs(own, spec);
  return own;
}

/** One point of a job as a job by itself; its numbers are views of the job's. @param point from 1 on */
export function jobAt(job: CheckJob, point: number): CheckJob {
  if (job.spec.points === undefined) return job;
  const components = componentCount(job.spec);
  const start = (point - 1) * components;
  const own = (numbers: Float64Array) => numbers.subarray(start, start + components);
  return { spec: specAt(job.spec, point), theta: own(job.theta), claimed: own(job.claimed), data: job.data };
}
