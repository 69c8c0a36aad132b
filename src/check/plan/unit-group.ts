import { Contraction } from '../../graph/contraction.ts';
import { independentAxes } from '../../graph/example-map.ts';
import type { NodeId } from '../../graph/graph.ts';
import type { LinearUse } from '../../graph/linear-uses.ts';
import { ProbeProgram } from '../../graph/probe-program.ts';
import { compactShape, FREE, type Region } from '../../graph/region.ts';
import type { Tape } from '../../graph/tape.ts';
import { type Shape, sizeOf } from '../../tensors/tensor.ts';

/** Units that are contracted together at most: more would not make the product faster. */
const MOST_CONTRACTED = 64;
/** float64s that contracting them may take, unless one takes more. */
const MOST_FLOATS = 2 ** 18;

/** A parameter whose derivative follows from a group's probes. */
export interface GroupMember {
  /** Position in `spec.parameters`. */
  readonly parameter: number;
  readonly contraction: Contraction;
}

/**
 * The units of one layer's output, probed instead of the parameters that enter it linearly (node-perturbation: Widrow
 * and Lehr 1990, Flower and Jabri 1992). A unit is an entry of the output without its example axes: one probe moves
 * it for all examples.
 */
export class UnitGroup {
  readonly output: NodeId;
  readonly program: ProbeProgram;
  /** Lengths of the axes that number the units, row-major; `axes` are their places in the output. */
  readonly lengths: Shape;
  readonly axes: readonly number[];
  readonly units: number;
  readonly members: readonly GroupMember[];
  readonly #region: Region;
  readonly #tape: Tape;

  constructor(tape: Tape, output: NodeId, members: readonly GroupMember[] = [], known?: UnitGroup) {
    const { shape } = tape.graph.nodes[output];
    this.#tape = tape;
    this.output = output;
    this.members = members;
    const examples = known === undefined ? independentAxes(tape.graph, { node: output }) : [];
    this.#region =
      known === undefined
        ? {
            shape,
            fixed: shape.map((length, axis) => (length === 1 || examples.includes(axis) ? FREE : axis)),
          }
        : known.#region;
    this.program = known?.program ?? new ProbeProgram(tape, { node: output }, this.#region, examples);
    this.axes = this.#region.fixed.filter((coordinate) => coordinate !== FREE);
    this.lengths = this.axes.map((axis) => shape[axis]);
    this.units = sizeOf(this.lengths);
  }

  /** How to get from this group's units to a parameter; undefined when a use cannot be gone back through. */
  contractionOf(use: LinearUse): Contraction | undefined {
    return Contraction.of(this.#tape.graph, use, this.#region);
  }

  /** The same units with these members. */
  withMembers(members: readonly GroupMember[]): UnitGroup {
    return new UnitGroup(this.#tape, this.output, members, this);
  }

  /** Entries that one probe moves. */
  get unitSize(): number {
    return sizeOf(compactShape(this.#region));
  }

  get flopsPerUnit(): number {
    return (
      this.program.flopsPerPair + this.members.reduce((sum, { contraction }) => sum + contraction.flops, 0)
    );
  }

  /** Units that are contracted together. */
  get contracted(): number {
    return Math.max(1, Math.min(this.units, MOST_CONTRACTED, Math.floor(MOST_FLOATS / this.#floatsPerUnit)));
  }

  /** float64s of scratch: the program's, the derivatives of some units, and what contracting them takes. */
  get scratchSize(): number {
    return this.program.scratchSize + this.contracted * this.#floatsPerUnit;
  }

  get #floatsPerUnit(): number {
    return (
      this.unitSize +
      this.members.reduce((most, { contraction }) => Math.max(most, contraction.scratchSize), 0)
    );
  }
}
