import type { Verdict } from '../report/report.ts';

/** What is known of one parameter of a job whose gradient is wrong somewhere. All arrays are this parameter's alone. */
export interface DiagnosedParameter {
  readonly name: string;
  readonly shape: readonly number[];
  readonly theta: Float64Array;
  readonly claimed: Float64Array;
  /** NaN where not checked. */
  readonly numeric: Float64Array;
  /** How far a component of `numeric` may be off, absolute. */
  readonly bound: (component: number) => number;
  readonly verdict: Verdict;
  /** 1 where this component failed. */
  readonly failed: Uint8Array;
}
