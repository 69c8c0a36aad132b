import { sizeOf } from '../tensors/tensor.ts';
import { type Graph, isLeaf } from './graph.ts';
import type { Heap } from './heap.ts';
import { Lazy } from './lazy.ts';
import type { LinearUse } from './linear-uses.ts';
import type { Operand, TransposedKernel } from './op.ts';
import { findOp } from './ops/registry.ts';
import { compactShape, type Region, RegionMap } from './region.ts';

/** One link of a chain, made ready for the regions that a unit of the output leaves of its nodes. */
interface ContractionStep {
  readonly kernel: Lazy<TransposedKernel>;
  /** What the kernel reads beside the weights: base values of the op's other inputs, by region. */
  readonly inputs: readonly { readonly node: number; readonly map: RegionMap; readonly isPassed: boolean }[];
  /** float64s of the result. */
  readonly size: number;
}

/**
 * Goes back from derivatives by a unit of an output (one region of it, all its examples) to derivatives by the
 * parameter, along a linear use: ∂J/∂W = Xᵀ·∂J/∂Z for Z = X·W. Exact up to rounding, as the use is linear.
 */
export class Contraction {
  /** The parameter's entries that a unit is a derivative of. */
  readonly target: RegionMap;
  readonly targetSize: number;
  /** float64s of scratch that `run` needs, the result's included. */
  readonly scratchSize: number;
  /** Floating-point operations for one unit, by a static count. */
  readonly flops: number;
  readonly #steps: readonly ContractionStep[];

  private constructor(steps: readonly ContractionStep[], target: Region, flops: number) {
    this.#steps = steps;
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
    for (const { node, input } of use.chain.toReversed()) {
      const definition = graph.nodes[node];
      if (isLeaf(definition)) return undefined;
      const op = findOp(definition.op);
      const shapes = definition.inputs.map((id) => graph.nodes[id].shape);
      const pulled = op.pull?.(region.fixed, shapes, definition.attributes, definition.shape);
      if (pulled === undefined || op.transposed === undefined) return undefined;
      const regions = shapes.map((shape, i) => ({ shape, fixed: pulled[i] }));
      const compact = regions.map(compactShape);
      const output = compactShape(region);
      const { transposed } = op;
      steps.push({
        kernel: new Lazy(() => transposed(input, compact, definition.attributes, output)),
        inputs: definition.inputs.map((id, i) => ({
          node: id,
          map: new RegionMap(regions[i]),
          isPassed: i === input,
        })),
        size: sizeOf(compact[input]),
      });
      flops += op.flops(compact, definition.attributes, compactShape(region));
      region = regions[input];
    }
    return new Contraction(steps, region, flops);
  }

  /**
   * Contracts one unit.
   * @param weights where the derivatives by the unit's entries lie, in a row
   * @param scratch where `scratchSize` float64s may be written
   * @param coordinates the unit's coordinates, from `at` on
   * @returns where the `targetSize` derivatives by the parameter's entries lie
   */
  run(
    heap: Heap,
    base: readonly Operand[],
    weights: number,
    scratch: number,
    coordinates: Int32Array,
    at: number,
  ): number {
    let free = scratch;
    let from = weights;
    for (const { kernel, inputs, size } of this.#steps) {
      const operands = inputs.map(({ node, map, isPassed }) => {
        if (isPassed || map.whole) return base[node];
        const offset = free;
        free += map.size;
        map.gather(heap, base[node].offset + map.start(coordinates, at), offset);
        return { offset, laneStride: 0 };
      });
      heap.floats.fill(0, free, free + size);
      kernel.value(heap, operands, from, free);
      from = free;
      free += size;
    }
    return from;
  }
}
