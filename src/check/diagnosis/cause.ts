/** Some indices along one axis. */
export interface AxisSlices {
  readonly axis: number;
  readonly indices: readonly number[];
}

/** What made a claimed gradient wrong, with the numbers found. */
export type Cause =
  | {
      readonly kind: 'scaled';
      /** Claimed = factor · numeric. */
      readonly factor: number;
      /** `data`: of the gradient without the penalty's part, which is right. */
      readonly part: 'all' | 'data';
    }
  | { readonly kind: 'transposed'; readonly axes: readonly [number, number] }
  /** The right numbers of a matrix that is not square, written in the memory order of its transpose. */
  | { readonly kind: 'memory-order' }
  | { readonly kind: 'reversed'; readonly axes: readonly number[] }
  | {
      readonly kind: 'shifted';
      readonly axis: number;
      readonly by: 1 | -1;
      /** What entered at the end that was left: what left at the other one, or zeros. */
      readonly filledWith: 'wrapped' | 'zeros';
    }
  | {
      readonly kind: 'penalty';
      readonly penalty: 'l1' | 'l2';
      readonly mistake: 'missing' | 'extra' | 'wrong-factor';
      /** The penalty's part of the claimed gradient, over what it should be; absent when J has no such penalty. */
      readonly factor?: number;
      /** Claimed − numeric = coefficient · θ (l2), coefficient · sign θ (l1). */
      readonly coefficient: number;
    }
  /** The other parameter's gradient stands here; with `mutual`, this one's stands there. */
  | { readonly kind: 'swapped'; readonly with: string; readonly mutual: boolean }
  | {
      readonly kind: 'confined';
      /** All else is right. */
      readonly slices: readonly AxisSlices[];
      /** What the components there are scaled by, where one factor fits them all. */
      readonly factor?: number;
    }
  /** These components, given by their indices, are wrong and no others. */
  | { readonly kind: 'components'; readonly indices: readonly (readonly number[])[] }
  | {
      readonly kind: 'rounded';
      readonly to: 'float32' | 'float16' | 'bfloat16' | 'decimals';
      readonly digits?: number;
    }
  | { readonly kind: 'offset'; readonly by: number }
  | { readonly kind: 'clipped'; readonly at: number }
  /** The derivative of an activation was taken to be 1. */
  | { readonly kind: 'activation-slope'; readonly layer: string; readonly op: string }
  | { readonly kind: 'not-finite'; readonly components: number };

export type Certainty = 'fact' | 'hint';

/** A stated cause for a failing parameter, with the evidence. */
export interface ParameterDiagnosis {
  readonly cause: Cause;
  /** Share of the squared difference ‖claimed − numeric‖² that it explains; what is left within the bounds counts as explained. */
  readonly explained: number;
  /** Numbers that were fitted to the difference. */
  readonly free: number;
  /** A hint explains less than 99 % of the difference, or some of the failing components not at all. */
  readonly certainty: Certainty;
  /** Other ways to say it, and other causes that these numbers cannot tell from it. */
  readonly group: readonly string[];
  readonly message: string;
}
