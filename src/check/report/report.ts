import type { JsonNumber } from '../../tensors/json-number.ts';
import type { Dtype } from '../../tensors/tensor.ts';
import type { MethodComparison } from '../comparison/method-comparison.ts';
import type { MethodValue } from '../comparison/method-value.ts';
import type { AxisFailures } from '../diagnosis/axis-failures.ts';
import type { ParameterDiagnosis } from '../diagnosis/cause.ts';
import type { Diagnosis } from '../diagnosis/diagnose.ts';
import type { CheckPlan } from '../plan/check-plan.ts';
import type { PointLabel } from '../points/point.ts';
import type { ComponentSelection, Method, Strategy } from '../settings.ts';
import type { Warning } from '../warnings/warning.ts';

/** About the gradient; a job's `status` is another thing. */
export type Verdict = 'pass' | 'fail' | 'inconclusive';

/** What else is known of a component, beside its verdict. */
export type ComponentFlag =
  /** Claimed and numeric are both exactly 0: J does not move here, so the gradient was not tested. */
  | 'vacuous'
  /** The numeric or the claimed value is NaN or infinite. */
  | 'non-finite'
  /** A piecewise op switched its piece within every step that was tried: J has a kink there. */
  | 'kink'
  /** What is left of the component is not far above the rounding of J. */
  | 'noise-limited'
  /** The difference is that of a gradient computed in float32. */
  | 'float32'
  /** The same of float16 or bfloat16. */
  | 'half-precision';

/** One component as a report lists it. */
export interface ComponentReport {
  readonly index: readonly number[];
  readonly claimed: JsonNumber;
  readonly numeric: JsonNumber;
  /** The difference |claimed − numeric| above which the component is called wrong. */
  readonly bound: JsonNumber;
  readonly verdict: Verdict;
  readonly flags: readonly ComponentFlag[];
  /** A second look, by central differences with a better step; where there is one it decides in place of `numeric`. */
  readonly refined?: {
    readonly numeric: JsonNumber;
    readonly step: number;
    /** How far it may be off itself. */
    readonly bound: JsonNumber;
  };
  /** By each of `settings.compareMethods`, where there are any. */
  readonly compared?: readonly MethodValue[];
  /** In a report, for a failing component: the command that checks it alone. */
  readonly reproduction?: string;
}

/** How many components were checked by themselves, and have which verdict; `vacuous` ones are among the passed. */
export interface ComponentCounts {
  readonly total: number;
  readonly checked: number;
  readonly passed: number;
  readonly failed: number;
  readonly inconclusive: number;
  readonly vacuous: number;
  /** Those flagged `kink`, whatever their verdict. */
  readonly kinks: number;
  /** Those flagged `noise-limited`. */
  readonly noiseLimited: number;
}

/** How the two gradients of one parameter agree along seeded ±1 vectors, along which all components move together. */
export interface DirectionalReport {
  readonly vectors: number;
  /** |claimed − numeric| along the vector that agrees least, and what it may be. */
  readonly maxDifference: JsonNumber;
  readonly bound: JsonNumber;
  /** Whether the two agree along every vector. */
  readonly agreed: boolean;
  /** Whether they do once the errors of the components checked by themselves are taken off; if not, there are more. */
  readonly explained: boolean;
  /** Evaluations of J along directions, those of the search for wrong components included. */
  readonly evaluations: number;
  /** In words, what may be wrong all the same. */
  readonly canMiss: string;
}

export interface ParameterReport {
  readonly name: string;
  readonly shape: readonly number[];
  readonly verdict: Verdict;
  /**
   * ‖numeric − claimed‖₂ / (‖numeric‖₂ + ‖claimed‖₂) over what was compared: the checked components, or for
   * `directional` the derivatives along its vectors, from which the norms are estimated then.
   */
  readonly relativeDifference: JsonNumber;
  readonly strategy: Strategy;
  /** That in which the claimed gradient was sent; float32 also when it holds nothing but float32 numbers. */
  readonly precision: Dtype;
  /**
   * An error larger than this in any of the components that passed would have been found; for `directional`, in any
   * single component beside those found.
   */
  readonly detectable: JsonNumber;
  /** Set for node-perturbation: how a sample of components agreed with weight-perturbation. */
  readonly audit?: {
    readonly components: number;
    readonly maxDifference: JsonNumber;
    readonly bound: JsonNumber;
    readonly agreed: boolean;
  };
  /**
   * Set for directional. The counts below, `maxError`, `histogram` and `worst` are then of the components that the
   * search for the wrong ones has checked by themselves.
   */
  readonly directional?: DirectionalReport;
  readonly components: ComponentCounts;
  /** The largest |claimed − numeric|. */
  readonly maxError: JsonNumber;
  readonly claimedNorm: JsonNumber;
  readonly numericNorm: JsonNumber;
  /** By each of `settings.compareMethods`, where there are any: over all components asked for, each moved by itself. */
  readonly compared?: readonly MethodComparison[];
  /** Components by the decade of their relative error: `counts[i]` lie in [edges[i], edges[i+1]). */
  readonly histogram: { readonly edges: readonly number[]; readonly counts: readonly number[] };
  /** The worst components, failing ones first, then by relative error. */
  readonly worst: readonly ComponentReport[];
  /**
   * Why it fails, the best explanation first; empty when no cause that is looked for explains it. Only of failing
   * parameters, and only in the whole report, as some causes show in several parameters together.
   */
  readonly diagnoses?: readonly ParameterDiagnosis[];
  /** Beside `diagnoses`, for a parameter of two axes or more: where its failing components lie. */
  readonly failures?: readonly AxisFailures[];
}

/**
 * What a check found. Two runs of a job give the same report to the last bit, `durationMs` aside.
 *
 * Of a job that has points, `verdict` is the worst of theirs, `relativeDifference` the largest, `withinTolerance`
 * whether each is, and `components`, `plan`, `evaluations`, `evaluationsSaved` and `durationMs` are of all of them
 * together. `cost`, `noise`, `compared`, `parameters`, `diagnosis` and `warnings` are those of the point `worstPoint`.
 */
export interface Report {
  readonly verdict: Verdict;
  readonly relativeDifference: JsonNumber;
  /** Whether the relative difference is within `settings.tolerance`. It does not decide the verdict. */
  readonly withinTolerance: boolean;
  readonly cost: JsonNumber;
  /** How far rounding moves J near θ, by the parameter where it does most, and what that does to the relative difference. */
  readonly noise: {
    /** Standard deviation, as measured. */
    readonly deviation: JsonNumber;
    /** The scale of the numbers that enter the last subtraction of the cost. */
    readonly scale: JsonNumber;
    /** The error that an evaluation of J is taken to have: of both the larger one, in J's units. */
    readonly error: JsonNumber;
    /**
     * ‖R‖₂ / (‖numeric‖₂ + ‖claimed‖₂), R being what rounding can have done to each component with the step that was
     * asked for: what even a right gradient may show.
     */
    readonly relativeDifference: JsonNumber;
    /** The same in words, and what it means for the tolerance. */
    readonly explanation: string;
  };
  readonly components: ComponentCounts;
  /** By each of `settings.compareMethods`, where there are any. They decide nothing. */
  readonly compared?: readonly MethodComparison[];
  readonly settings: {
    readonly method: Method;
    readonly strategy: Strategy;
    readonly epsilon: number | 'auto';
    readonly tolerance: number;
    readonly componentTolerance: number;
    readonly components: ComponentSelection;
    readonly seed: number;
    readonly compareMethods?: readonly Method[];
  };
  readonly parameters: readonly ParameterReport[];
  /** What several parameters together tell of why the gradient is wrong; absent when it is not. */
  readonly diagnosis?: Diagnosis;
  readonly warnings: readonly Warning[];
  /** What the check was estimated to take, and what other strategies were. */
  readonly plan: CheckPlan;
  /** Evaluations of J, a batch of examples counting as one. */
  readonly evaluations: number;
  /** What moving every component by itself would have taken on top. */
  readonly evaluationsSaved: number;
  /** From the first dispatch to the folded report. */
  readonly durationMs: number;
  /** Of a job that has points: the first of those with the worst verdict that has the largest relative difference. */
  readonly worstPoint?: number;
  /** Of a job that has points: what was found at each of them. */
  readonly points?: readonly PointReport[];
}

/** What was found at one of a job's points: the report of that point alone, without what is the same of all. */
export interface PointReport extends PointLabel, Omit<Report, 'settings' | 'worstPoint' | 'points'> {}
