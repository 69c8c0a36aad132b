import { sizeOf } from '../tensors/tensor.ts';
import type { Complex } from './complex/complex.ts';
import { type ComplexValues, complexZeros, entryOf } from './complex/complex-values.ts';
import type { KinkWatch } from './complex/kink-watch.ts';
import { type Graph, isLeaf, type NodeId } from './graph.ts';
import type { MovedPath } from './moved-path.ts';
import type { Operand } from './op.ts';
import { findOp } from './ops/registry.ts';
import { compactShape, isWhole, type Region, RegionMap, regionWithin, sameRegion } from './region.ts';
import { spreadWhole } from './spread.ts';

/** What a node that moves has become: its moved region, and the values there. */
interface MovedNode {
  readonly region: Region;
  readonly values: ComplexValues;
}

/** Gives an input's values in the region that an op needs. */
type Source = () => ComplexValues;

/**
 * Evaluates J off the real axis. A region of one node takes any complex values; what it moves is evaluated up to the
 * cost, of each node only the region that it reaches (see `spread`), and everything else keeps its base value. It goes
 * one point at a time, op by op, without kernels.
 */
export class ComplexProgram {
  /** The start region's values at the next run, and its coordinates: the caller writes both. */
  readonly start: ComplexValues;
  readonly coordinates: Int32Array;
  readonly #graph: Graph;
  readonly #path: MovedPath;
  readonly #memory: Float64Array;
  readonly #base: readonly Operand[];
  readonly #moved = new Map<NodeId, MovedNode>();
  readonly #steps: ((kinks: KinkWatch) => void)[] = [];
  /** Imaginary parts of all that does not move. */
  readonly #zeros: Float64Array;

  /**
   * @param path a path to the cost, along which every op has complex arithmetic (see `opsWithoutComplex`)
   * @param memory what holds every node's base value, at the places that `base` says
   */
  constructor(graph: Graph, path: MovedPath, start: Region, memory: Float64Array, base: readonly Operand[]) {
    this.#graph = graph;
    this.#path = path;
    this.#memory = memory;
    this.#base = base;
    this.#zeros = new Float64Array(graph.nodes.reduce((most, { shape }) => Math.max(most, sizeOf(shape)), 0));
    this.start = complexZeros(sizeOf(compactShape(start)));
    this.coordinates = new Int32Array(start.shape.length);
    this.#moved.set(path.origin.node, { region: start, values: this.start });
    for (const id of [...path.evaluated, ...path.differenced].sort((a, b) => a - b)) this.#plan(id);
  }

  /** J at the start values. */
  run(kinks: KinkWatch): Complex {
    for (const step of this.#steps) step(kinks);
    return entryOf(this.#known(this.#graph.cost).values, 0);
  }

  #plan(id: NodeId): void {
    const node = this.#graph.nodes[id];
    if (isLeaf(node)) return;
    const op = findOp(node.op);
    if (op.compileComplex === undefined) throw new Error(`${op.name} has no complex arithmetic`);
    const shapes = node.inputs.map((input) => this.#graph.nodes[input].shape);
    const moved = node.inputs.map((input) => this.#movedInput(id, input)?.region.fixed);
    const query = { moved, shapes, output: node.shape };
    const spread = op.spread?.(query, node.attributes) ?? spreadWhole(query);
    const regions = shapes.map((shape, input) => ({ shape, fixed: spread.inputs[input] }));
    const region = { shape: node.shape, fixed: spread.output };
    const sources = node.inputs.map((input, position) =>
      this.#source(id, input, regions[position], spread.update === true),
    );
    const kernel = op.compileComplex(regions.map(compactShape), node.attributes, compactShape(region));
    const values = complexZeros(sizeOf(compactShape(region)));
    const map = new RegionMap(region);
    this.#moved.set(id, { region, values });
    this.#steps.push((kinks) => {
      kernel(
        sources.map((source) => source()),
        values,
        kinks,
      );
      if (spread.update) this.#addBase(id, map, values.re, 1);
    });
  }

  /** @param isChange whether the op is to be applied to the change of what moves */
  #source(node: NodeId, input: NodeId, region: Region, isChange: boolean): Source {
    const moved = this.#movedInput(node, input);
    if (moved === undefined) return this.#unmovedSource(input, region);
    if (!isChange && sameRegion(moved.region, region)) return () => moved.values;
    const map = new RegionMap(region);
    const within = new RegionMap(regionWithin(moved.region, region));
    const values = complexZeros(map.size);
    return () => {
      values.re.fill(0);
      values.im.fill(0);
      this.#addBase(input, map, values.re, 1);
      const first = within.start(this.coordinates, 0);
      for (let i = 0; i < within.size; i++) {
        const entry = first + (within.table === undefined ? i : within.table[i]);
        values.re[entry] = moved.values.re[i];
        values.im[entry] = moved.values.im[i];
      }
      if (isChange) this.#addBase(input, map, values.re, -1);
      return values;
    };
  }

  #unmovedSource(input: NodeId, region: Region): Source {
    const map = new RegionMap(region);
    if (isWhole(region)) {
      const { offset } = this.#base[input];
      const values = { re: this.#memory.subarray(offset, offset + map.size), im: this.#zeros };
      return () => values;
    }
    const re = new Float64Array(map.size);
    return () => {
      re.fill(0);
      this.#addBase(input, map, re, 1);
      return { re, im: this.#zeros };
    };
  }

  /** Adds `sign` times a node's base values in a region. */
  #addBase(node: NodeId, map: RegionMap, values: Float64Array, sign: 1 | -1): void {
    const from = this.#base[node].offset + map.start(this.coordinates, 0);
    const { table, size } = map;
    for (let i = 0; i < size; i++)
      values[i] += sign * this.#memory[from + (table === undefined ? i : table[i])];
  }

  #movedInput(node: NodeId, input: NodeId): MovedNode | undefined {
    return this.#path.moves(node, input) ? this.#known(input) : undefined;
  }

  #known(id: NodeId): MovedNode {
    const moved = this.#moved.get(id);
    if (moved === undefined) throw new Error(`node ${id} is read before it is evaluated`);
    return moved;
  }
}
