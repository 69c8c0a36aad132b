import { describe, expect, it } from 'vitest';
import { KinkWatch } from '../../src/graph/complex/kink-watch.ts';
import { ComplexProgram } from '../../src/graph/complex-program.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { GraphBuilder } from '../../src/graph/graph-builder.ts';
import { movedPath } from '../../src/graph/moved-path.ts';
import { findOp } from '../../src/graph/ops/registry.ts';
import { opsWithoutComplex } from '../../src/graph/ops-without-complex.ts';
import { pointRegion } from '../../src/graph/region.ts';
import { Tape } from '../../src/graph/tape.ts';
import { heapWith } from '../fixtures/on-kernels.ts';

/** A program that moves the graph's first leaf, whose values all leaves share. */
function programOf(graph: Graph, values: readonly number[]): ComplexProgram {
  const tape = new Tape(graph);
  const heap = heapWith([...values, ...new Array<number>(tape.baseSize).fill(0)]);
  const base = tape.baseOffsets.map((offset) => ({
    offset: offset < 0 ? 0 : values.length + offset,
    laneStride: 0,
  }));
  tape.evaluateBase(heap, base);
  const start = pointRegion(graph.nodes[0].shape);
  return new ComplexProgram(graph, movedPath(graph, { node: 0 }), start, heap.floats, base);
}

describe('a complex program', () => {
  it('moves one entry and keeps every other base value', () => {
    const graph = new GraphBuilder();
    const x = graph.parameter('x', [2, 2]);
    const product = graph.apply('matmul', [graph.apply('square', [x]), graph.data('X', [2, 2])]);
    const cost = graph.apply('sum', [product], { axes: [0, 1], keepDims: false });
    const program = programOf(graph.finish(cost), [1, 2, 3, 4]);
    program.coordinates.set([1, 0]);
    program.start.re[0] = 3;
    program.start.im[0] = 1e-20;
    // Σ x² = (1, 9; 4, 16) by rows with those of X, 1 + 2 and 3 + 4; the entry moved has the weight 1 + 2.
    expect(program.run(new KinkWatch(0))).toEqual({ re: 1 * 3 + 4 * 7 + 9 * 3 + 16 * 7, im: 6 * 3 * 1e-20 });
    program.start.re[0] = 0;
    expect(program.run(new KinkWatch(0))).toEqual({ re: 1 * 3 + 4 * 7 + 16 * 7, im: 0 });
  });

  it('has no value where an index moves', () => {
    const graph = new GraphBuilder();
    const index = graph.parameter('index', []);
    const cost = graph.apply('pick', [graph.data('x', [2]), index], { axis: 0 });
    const program = programOf(graph.finish(cost), [1, 5]);
    program.start.re[0] = 1;
    expect(program.run(new KinkWatch(0))).toEqual({ re: 5, im: 0 });
    program.start.im[0] = 1e-20;
    expect(program.run(new KinkWatch(0)).re).toBeNaN();
  });
});

describe('ops without complex arithmetic', () => {
  const graph = new GraphBuilder();
  const [x, y, z] = ['x', 'y', 'z'].map((name) => graph.parameter(name, []));
  const moved = graph.apply('abs', [graph.apply('exp', [x])], {}, 'here');
  graph.apply('abs', [z]);
  const cost = graph.apply('add', [
    moved,
    graph.apply('multiply', [y, graph.apply('abs', [graph.data('d', [])])]),
  ]);
  const built = graph.finish(cost);

  it('are found where a checked parameter moves them on the way to the cost, and nowhere else', () => {
    expect(findOp('abs').compileComplex).toBeUndefined();
    expect(opsWithoutComplex(built, new Set(['x', 'y', 'z']))).toMatchObject([{ op: 'abs', source: 'here' }]);
    expect(opsWithoutComplex(built, new Set(['y', 'z']))).toEqual([]);
  });

  it('are never passed over', () => {
    expect(() => programOf(built, [1])).toThrow('abs has no complex arithmetic');
  });
});
