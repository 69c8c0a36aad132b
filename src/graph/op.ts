import type { Shape } from '../tensors/tensor.ts';
import type { ComplexKernel } from './complex/complex-values.ts';
import type { Attributes } from './graph.ts';
import type { Heap } from './heap.ts';
import type { Spread, SpreadQuery } from './spread.ts';

/**
 * Where the values of a node lie, in float64s from the start of the job's memory. A node that no lane moves is
 * stored once and has `laneStride` 0; otherwise lane k starts at `offset + k * laneStride`.
 */
export interface Operand {
  readonly offset: number;
  readonly laneStride: number;
}

/**
 * Evaluates one node for every lane. The bits written for a lane depend on that lane's inputs alone, never on the
 * number of lanes or on its neighbours.
 */
export type Kernel = (heap: Heap, lanes: number, inputs: readonly Operand[], output: Operand) => void;

/** Calls `crossed` with each output entry whose active piece differs; offsets of the inputs' moved and base values. */
export type BranchKernel = (
  memory: Float64Array,
  moved: readonly number[],
  base: readonly number[],
  crossed: (entry: number) => void,
) => void;

/**
 * Whether any output entry of a lane has another active piece than at the base values, told at once; only then are
 * they gone through one by one. Offsets as in `BranchKernel`.
 */
export type BranchTest = (heap: Heap, moved: readonly number[], base: readonly number[]) => boolean;

/** As `Kernel`, but writes the sum of `base` and the result. */
export type UpdateKernel = (
  heap: Heap,
  lanes: number,
  inputs: readonly Operand[],
  output: Operand,
  base: Operand,
) => void;

/** Adds the transposed map of the weights at `weights` to `target`; all offsets in float64s, `inputs` at base values. */
export type TransposedKernel = (
  heap: Heap,
  inputs: readonly Operand[],
  weights: number,
  target: number,
) => void;

/** As `TransposedKernel` for lanes whose weights, and targets, follow each other; the inputs are the same for all. */
export type TransposedLanesKernel = (
  heap: Heap,
  lanes: number,
  inputs: readonly Operand[],
  weights: number,
  target: number,
) => void;

/**
 * What an op takes, for an input that the perturbation does not reach, in the difference f(x₊) − f(x₋) of an op
 * that is linear in the inputs it does reach: `zero` for the terms that cancel, `base` for the factors that stay.
 */
export type UnmovedInput = 'zero' | 'base';

/** One operation of the graph. Adding one touches one file of `ops/` and one line of the registry. */
export interface Op {
  readonly name: string;
  /** The number of inputs, or the smallest number for an op that takes any number. */
  readonly arity: number | { readonly atLeast: number };

  /** The output's shape. Throws `ShapeError` with a sentence that names the shapes. */
  inferShape(inputs: readonly Shape[], attributes: Attributes): Shape;

  /** Specialises the op for its shapes; called once per node and worker. */
  compile(inputs: readonly Shape[], attributes: Attributes, output: Shape): Kernel;

  /** As `compile`, but the kernel adds to what the output holds. For ops whose `spread` gives updates. */
  compileAdding?(inputs: readonly Shape[], attributes: Attributes, output: Shape): Kernel;

  /** For an op with such a `spread` that can add to base values where they lie: used instead of `compileAdding`. */
  compileUpdate?(inputs: readonly Shape[], attributes: Attributes, output: Shape): UpdateKernel;

  /**
   * For a piecewise op (relu, abs, max …): tells where another piece is active than at the base values. There J is
   * not differentiable somewhere between the two.
   */
  compileBranches?(inputs: readonly Shape[], attributes: Attributes, output: Shape): BranchKernel;

  /** For an op with `compileBranches`, where a kernel can tell for all entries together whether there is any. */
  compileBranchTest?(inputs: readonly Shape[], attributes: Attributes, output: Shape): BranchTest;

  /** Whether the output, as long as no other input moves, moves by just as much as this one: a term of a sum. */
  passesOn?(input: number, attributes: Attributes): boolean;

  /** Whether it multiplies matrices, which takes room for packing where they are large. */
  readonly packs?: boolean;

  /** Floating-point operations of one evaluation, by a static count: decides shard sizes, estimates and room for packing. */
  flops(inputs: readonly Shape[], attributes: Attributes, output: Shape): number;

  /**
   * Whether the op is linear jointly in the inputs marked moved, the others held. `undefined` means never.
   * Then f(x₊) − f(x₋) = f(x₊ − x₋) with the unmoved inputs as `unmoved` says.
   */
  linear?(moved: readonly boolean[], attributes: Attributes): boolean;
  unmoved?(input: number): UnmovedInput;

  /**
   * For an op with `linear`: the transposed map. Given weights ∂J/∂output, adds to `target` the weights ∂J/∂input of
   * one input, the others at their base values. Called only where `linear` holds.
   */
  transposed?(
    input: number,
    inputs: readonly Shape[],
    attributes: Attributes,
    output: Shape,
  ): TransposedKernel;

  /** As `transposed`, for many lanes at once; undefined where one by one is as good. Each lane's bits are its own. */
  transposedLanes?(
    input: number,
    inputs: readonly Shape[],
    attributes: Attributes,
    output: Shape,
  ): TransposedLanesKernel | undefined;

  /**
   * The regions of the inputs that the output's region is computed from, each as its `fixed`; undefined when there
   * is no saying it. The opposite of `spread`.
   */
  pull?(
    output: readonly number[],
    inputs: readonly Shape[],
    attributes: Attributes,
    shape: Shape,
  ): readonly (readonly number[])[] | undefined;

  /** How far a move of the inputs spreads; an op that does not say moves as a whole. */
  spread?(query: SpreadQuery, attributes: Attributes): Spread;

  /**
   * As `compile`, in complex arithmetic, for the method complex-step. An op that has no analytic continuation leaves it
   * out, and is refused by name wherever it would be needed.
   */
  compileComplex?(inputs: readonly Shape[], attributes: Attributes, output: Shape): ComplexKernel;
}

/** A node cannot be built from these shapes. The message is a sentence for the client. */
export class ShapeError extends Error {
  override readonly name = 'ShapeError';
}
