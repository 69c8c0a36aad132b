import type { Graph } from '../graph/graph.ts';
import type { Dtype, Shape, Tensor } from '../tensors/tensor.ts';
import type { CheckSettings } from './settings.ts';

/** A named tensor of θ. Its components are numbered row-major from `offset` on. */
export interface Parameter {
  readonly name: string;
  readonly shape: Shape;
  /** Position of its first component in θ. */
  readonly offset: number;
  readonly size: number;
  /** The precision in which the claimed gradient was sent. */
  readonly claimedDtype: Dtype;
}

/** What one of a job's points has of its own, beside its θ and its claimed gradient. */
export interface PointSpec {
  readonly name?: string;
  /** J at this point as the client computed it. */
  readonly cost?: number;
  /** By parameter of the spec: the precision in which the claimed gradient was sent. */
  readonly claimedDtypes: readonly Dtype[];
}

/** Everything of a job that is plain and small: what a worker needs beside the numbers. `specToJson` writes it. */
export interface CheckSpec {
  readonly name?: string;
  readonly graph: Graph;
  readonly parameters: readonly Parameter[];
  /** The data tensors that the graph reads, in the order of their values. */
  readonly data: readonly { readonly name: string; readonly shape: Shape }[];
  /** J as the client computed it. */
  readonly cost?: number;
  readonly settings: CheckSettings;
  readonly labels: Readonly<Record<string, string>>;
  /** The points of θ that are checked, where the job names them: at least one. `cost` is theirs then. */
  readonly points?: readonly PointSpec[];
}

/** A whole, valid job: a cost J(θ), its data, θ and the claimed gradient. */
export interface CheckJob {
  readonly spec: CheckSpec;
  /** θ: every parameter's values, concatenated in the job's order; where it has points, one point after the other. */
  readonly theta: Float64Array;
  /** The claimed gradient, laid out as θ. */
  readonly claimed: Float64Array;
  /** One tensor per entry of `spec.data`. */
  readonly data: readonly Tensor[];
}

/** The number of components of θ, at one point. */
export function componentCount(spec: CheckSpec): number {
  const last = spec.parameters.at(-1);
  return last === undefined ? 0 : last.offset + last.size;
}

/** The position in `spec.parameters` of the parameter that holds a component. */
export function parameterOf(spec: CheckSpec, component: number): number {
  let low = 0;
  let high = spec.parameters.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (spec.parameters[middle].offset <= component) low = middle;
    else high = middle - 1;
  }
  return low;
}
