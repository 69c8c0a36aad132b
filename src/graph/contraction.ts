import { sameShape, sizeOf } from '../tensors/tensor.ts';
import { type Graph, isLeaf } from './graph.ts';
import type { Heap } from './heap.ts';
import { Lazy } from './lazy.ts';
import type { LinearUse } from './linear-uses.ts';
import { movedEntries } from './moved-entries.ts';
import type { Operand, TransposedKernel, TransposedLanesKernel } from './op.ts';
import { findOp } from './ops/registry.ts';
import { compactShape, type Region, RegionMap } from './region.ts';

/** Entries of a parameter, brought to other places, that a table is made of. */
const mostMoved = 2 ** 22;

/** One link of a chain, made ready for the regions that a unit of the output leaves of its nodes. */
interface ContractionStep {
  readonly kernel: Lazy<TransposedKernel>;
  /** Takes all lanes at once; only where no input differs between units. */
  readonly lanesKernel: Lazy<TransposedLanesKernel | undefined>;
  /** What the kernel reads beside the weights: base values of the op's other inputs, by region. */
  readonly inputs: readonly { readonly node: number; readonly map: RegionMap; readonly isPassed: boolean }[];
  /** float64s of a unit's weights and of its result. */
  readonly from: number;
  readonly size: number;
}

/**
 * Goes back from derivatives by units of an output (a unit is one region of it, all its examples) to derivatives by
 * the parameter, along a linear use: ∂J/∂W = Xᵀ·∂J/∂Z for Z = X·W. Exact up to rounding, as the use is linear.
 */
export class Contraction {
  /** The entries that a unit is a derivative of: the parameter's, or where `entries` says so, those of what it is moved to. */
  readonly target: RegionMap;
  /** For each entry of what the parameter is moved to, the entry of the parameter that it is; −1 for none. */
  readonly entries: Lazy<Int32Array> | undefined;
  readonly targetSize: number;
  /** float64s of scratch that `run` needs for each unit, the result's included. */
  readonly scratchSize: number;
  /** Floating-point operations for one unit, by a static count. */
  readonly flops: number;
  readonly #steps: readonly ContractionStep[];
  /** Coordinates of a unit. */
  readonly #rank: number;

  private constructor(
    steps: readonly ContractionStep[],
    target: Region,
    flops: number,
    rank: number,
    entries?: Lazy<Int32Array>,
  ) {
    this.#steps = steps;
    this.entries = entries;
    this.#rank = rank;
    this.target = new RegionMap(target);
    this.targetSize = this.target.size;
    this.flops = flops;
    this.scratchSize = steps.reduce(
      (sum, step) => sum + step.size + step.inputs.reduce((total, { map }) => total + map.size, 0),
      0,
    );
  }

  /** @returns undefined when the use cannot be gone back through for such a unit. */
  static of(graph: Graph, use: LinearUse, unit: Region): Contraction | undefined {
    const steps: ContractionStep[] = [];
    let region = unit;
    let flops = 0;
    for (const [i, { node, input }] of [...use.chain.entries()].reverse()) {
      const definition = graph.nodes[node];
      if (isLeaf(definition)) return undefined;
      const op = findOp(definition.op);
      const shapes = definition.inputs.map((id) => graph.nodes[id].shape);
      const pulled = op.pull?.(region.fixed, shapes, definition.attributes, definition.shape);
      if (pulled === undefined || op.transposed === undefined) {
        // Units do not follow through a cut or a concatenation, but where each entry comes from can be told.
        if (i >= use.moves || sizeOf(definition.shape) > mostMoved) return undefined;
        const entries = new Lazy(() => movedEntries(graph, use.leaf, node));
        return new Contraction(steps, region, flops, unit.shape.length, entries);
      }
      const regions = shapes.map((shape, own) => ({ shape, fixed: pulled[own] }));
      const compact = regions.map(compactShape);
      const output = compactShape(region);
      // A term of a sum has the derivatives of the sum.
      const isSame = op.passesOn?.(input, definition.attributes) && sameShape(compact[input], output);
      if (!isSame) {
        const inputs = definition.inputs.map((id, own) => ({
          node: id,
          map: new RegionMap(regions[own]),
          isPassed: own === input,
        }));
        const { transposed, transposedLanes } = op;
        const isShared = inputs.every(({ map, isPassed }) => isPassed || map.whole);
        steps.push({
          kernel: new Lazy(() => transposed(input, compact, definition.attributes, output)),
          lanesKernel: new Lazy(() =>
            isShared ? transposedLanes?.(input, compact, definition.attributes, output) : undefined,
          ),
          inputs,
          from: sizeOf(output),
          size: sizeOf(compact[input]),
        });
        flops += op.flops(compact, definition.attributes, output);
      }
      region = regions[input];
    }
    return new Contraction(steps, region, flops, unit.shape.length);
  }

  /**
   * Contracts `units` units. A unit's bits do not depend on the others.
   * @param weights where the derivatives by the units' entries lie, unit after unit
   * @param scratch where `units` times `scratchSize` float64s may be written
   * @param coordinates the units' coordinates, unit after unit
   * @returns where the derivatives by the parameter's entries lie, `targetSize` of each unit
   */
  run(
    heap: Heap,
    base: readonly Operand[],
    units: number,
    weights: number,
    scratch: number,
    coordinates: Int32Array,
  ): number {
    let free = scratch;
    let from = weights;
    for (const step of this.#steps) {
      const to = free;
      free += units * step.size;
      heap.floats.fill(0, to, free);
      const { inputs, lanesKernel, kernel } = step;
      const together = lanesKernel.value;
      if (together !== undefined) {
        together(
          heap,
          units,
          inputs.map(({ node }) => base[node]),
          from,
          to,
        );
      } else {
        for (let unit = 0; unit < units; unit++) {
          const operands = this.#operands(heap, base, step, free, coordinates, unit);
          kernel.value(heap, operands, from + unit * step.from, to + unit * step.size);
        }
      }
      from = to;
    }
    return from;
  }

  /** What a step reads for one unit: whole nodes in their place, regions gathered at `free`. */
  #operands(
    heap: Heap,
    base: readonly Operand[],
    { inputs }: ContractionStep,
    free: number,
    coordinates: Int32Array,
    unit: number,
  ): Operand[] {
    let next = free;
    return inputs.map(({ node, map, isPassed }) => {
      if (isPassed || map.whole) return base[node];
      const offset = next;
      next += map.size;
      map.gather(heap, base[node].offset + map.start(coordinates, unit * this.#rank), offset);
      return { offset, laneStride: 0 };
    });
  }
}
