import type { SlopeGradient, SlopeTask } from './diagnosis/slope-task.ts';
import type { BisectTask } from './directional/bisect-task.ts';
import type { Projection } from './directional/projection.ts';
import type { Noise } from './noise/noise.ts';
import type { ComponentRun } from './plan/selection.ts';
import type { PositionedRefinement } from './sweep/component-sweep.ts';
import type { PointTraits } from './warnings/point-traits.ts';

/**
 * The rounds of a check, in order. The plan of each is a pure function of the job and of the results before it.
 * `bisect` is planned again and again, each time from what it has brought so far, its shards numbered through.
 * `diagnose` is of a gradient that is wrong, where nothing that is known of it says why.
 */
export type StageName = 'prepare' | 'sweep' | 'refine' | 'bisect' | 'diagnose';

/**
 * A contiguous range of probes of one stage's plan: the unit of work, of retry and of checkpoint. Its key in a
 * store is (job, point, stage, index).
 */
export type Shard = PrepareShard | SweepShard | RefineShard | BisectShard | DiagnoseShard;

interface ShardRange {
  readonly index: number;
  /** First probe, as numbered by the stage's plan. */
  readonly start: number;
  readonly count: number;
  /** Floating-point operations by a static count. */
  readonly flops: number;
}

/** A shard of what must be known before components are moved. Its probes are the parameters of the spec. */
export interface PrepareShard extends ShardRange {
  readonly stage: 'prepare';
}

/** A shard whose probes follow from the job alone. */
export interface SweepShard extends ShardRange {
  readonly stage: 'sweep';
  /** By parameter, as the stage `prepare` measured it. A shard that is all of a sweep measures it itself. */
  readonly noise?: readonly Noise[];
}

/** A shard of the doubtful: which they are follows from earlier results, so it says it itself. */
export interface RefineShard extends ShardRange {
  readonly stage: 'refine';
  readonly noise: readonly Noise[];
  readonly runs: readonly ComponentRun[];
}

/** A shard of the search for wrong components: what it asks for follows from earlier results as well. */
export interface BisectShard extends ShardRange {
  readonly stage: 'bisect';
  readonly noise: readonly Noise[];
  readonly tasks: readonly BisectTask[];
}

/** A shard of the variants of J by which a wrong gradient may be explained. */
export interface DiagnoseShard extends ShardRange {
  readonly stage: 'diagnose';
  readonly noise: readonly Noise[];
  readonly tasks: readonly SlopeTask[];
}

/** One stage's shards, together every probe exactly once. */
export interface StagePlan {
  readonly stage: StageName;
  readonly shards: readonly Shard[];
  readonly probes: number;
}

/** What is known of J before components are moved. */
export interface Preparation {
  /** J at θ. */
  readonly cost: number;
  /** By parameter of the spec. */
  readonly noise: readonly Noise[];
  /** What is to be warned of. */
  readonly traits: PointTraits;
}

export interface PrepareResult {
  readonly stage: 'prepare';
  readonly index: number;
  /** Of the shard's parameters, as measured along each. */
  readonly noise: readonly Noise[];
  /** From the first shard alone. */
  readonly origin?: Omit<Preparation, 'noise'>;
  readonly evaluations: number;
}

/** Numeric derivatives of one parameter's components, `components[i]` belonging to `numeric[i]`. */
export interface ShardEntry {
  /** Position in `spec.parameters`. */
  readonly parameter: number;
  readonly components: IndexPattern;
  readonly numeric: Float64Array;
  /**
   * `value`: a term of the components' derivatives; terms of different shards are added, in shard order. `audit`: to
   * be compared with the sum. `replacement`: to be put in its place.
   */
  readonly role: 'value' | 'audit' | 'replacement';
  /** Positions in `numeric` of those at which a kink was crossed. */
  readonly crossed: Uint32Array;
  /**
   * What rounding can have done, where it does not follow from the step alone: that of position p is
   * `values[⌊p / repeat⌋ mod values.length]`.
   */
  readonly bound?: { readonly values: Float64Array; readonly repeat: number };
  /** Those that were looked at again, by position. */
  readonly refined?: readonly PositionedRefinement[];
}

/** What the methods that are only shown give of one parameter's components. */
export interface ComparedEntry {
  /** Position in `spec.parameters`. */
  readonly parameter: number;
  readonly components: IndexPattern;
  /** By each of `compareMethods`: `numeric[m][i]` belongs to `components[i]`. */
  readonly numeric: readonly Float64Array[];
}

/**
 * The components (numbered within the parameter) that a list of values belongs to: `count` in a row from `start`,
 * or `blocks` such runs, `stride` apart; or any set, written out.
 */
export type IndexPattern =
  | {
      readonly kind: 'blocks';
      readonly start: number;
      readonly count: number;
      readonly blocks: number;
      readonly stride: number;
    }
  | { readonly kind: 'list'; readonly indices: Uint32Array };

export interface SweepResult {
  readonly stage: 'sweep' | 'refine' | 'bisect';
  readonly index: number;
  readonly entries: readonly ShardEntry[];
  /** Of directions, if it had any. */
  readonly projections?: readonly Projection[];
  /** By other methods, if `compareMethods` asks for any. */
  readonly compared?: readonly ComparedEntry[];
  /** From a shard that is all of a sweep: such a job needs no stage `prepare`. */
  readonly prepared?: Preparation;
  /** Evaluations of J that were made. */
  readonly evaluations: number;
}

export interface DiagnoseResult {
  readonly stage: 'diagnose';
  readonly index: number;
  readonly gradients: readonly SlopeGradient[];
  /** Evaluations of variants of J. */
  readonly evaluations: number;
}

export type ShardResult = PrepareResult | SweepResult | DiagnoseResult;

/** The component of each position of a pattern, in the order of the values. */
export function indicesOf(pattern: IndexPattern): Uint32Array {
  if (pattern.kind === 'list') return pattern.indices;
  const { start, count, blocks, stride } = pattern;
  const indices = new Uint32Array(blocks * count);
  for (let position = 0, block = 0; block < blocks; block++) {
    for (let i = 0; i < count; i++) indices[position++] = start + block * stride + i;
  }
  return indices;
}
