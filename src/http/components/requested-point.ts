import type { CheckSpec } from '../../check/check-job.ts';
import { invalidQuery } from '../query-validation.ts';

/**
 * The point whose components a client asks for: it has to say which where there are several, as any would hide the
 * others.
 * @param asked its number, if it was given
 * @returns undefined for a job without points
 * @throws GradcheckError invalid-query
 */
export function requestedPoint({ points }: CheckSpec, asked: number | undefined): number | undefined {
  const most = points?.length ?? 1;
  if (asked !== undefined && asked > most) {
    const there = most === 1 ? 'one point' : `${most} points`;
    throw invalidQuery([{ pointer: '/point', detail: `the job has ${there}` }]);
  }
  if (points === undefined) return undefined;
  if (asked === undefined && most > 1) {
    throw invalidQuery([
      { pointer: '/point', detail: `the job has ${most} points: say which one, from 1 on` },
    ]);
  }
  return asked ?? 1;
}
