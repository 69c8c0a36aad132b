import { toJsonNumber } from '../../tensors/json-number.ts';
import { unravel } from '../../tensors/tensor.ts';
import type { Parameter } from '../check-job.ts';
import type { MethodValue } from '../comparison/method-value.ts';
import { reproduction } from '../diagnosis/reproduction.ts';
import { shownBound } from '../verdict/conclusions.ts';
import { describeRefinement } from './parameter-report.ts';
import type { ComponentFlag, ComponentReport, Verdict } from './report.ts';

/** A component as it stands in a list of those of the whole job. */
export interface ListedComponent extends ComponentReport {
  /** The number of the point that it is of, in a job that has points. */
  readonly point?: number;
  readonly parameter: string;
  /** Its number in θ. */
  readonly component: number;
}

/** Both gradients of one component, and what was concluded of it. */
export interface ComponentValues {
  readonly claimed: number;
  readonly numeric: number;
  /** The difference above which it is called wrong. */
  readonly bound: number;
  readonly verdict: Verdict;
  readonly flags: readonly ComponentFlag[];
  /** By each of `compareMethods`; undefined where there are none. */
  readonly compared: readonly MethodValue[] | undefined;
}

/** A second look at a component. */
interface SecondLook {
  readonly numeric: number;
  readonly step: number;
  readonly bound: number;
}

/** @param component numbered in θ */
export function listedComponent(
  { name, offset, shape }: Parameter,
  component: number,
  { claimed, numeric, bound, verdict, flags, compared }: ComponentValues,
  refined: SecondLook | undefined,
  point?: number,
): ListedComponent {
  const index = unravel(component - offset, shape);
  return {
    ...(point === undefined ? {} : { point }),
    parameter: name,
    component,
    index,
    claimed: toJsonNumber(claimed),
    numeric: toJsonNumber(numeric),
    bound: toJsonNumber(shownBound(bound)),
    verdict,
    flags,
    ...(refined === undefined ? {} : { refined: describeRefinement(refined) }),
    ...(compared === undefined ? {} : { compared }),
    ...(verdict === 'fail' ? { reproduction: reproduction(name, index) } : {}),
  };
}
