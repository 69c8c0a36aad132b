import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compactShape, FREE, type Region, RegionMap } from '../../src/graph/region.ts';
import { type Shape, sizeOf } from '../../src/tensors/tensor.ts';
import { createHeap } from '../fixtures/on-kernels.ts';
import type { OpCase, OpDescription } from './op-conformance.ts';

/** More than the inputs and the output of any case here. */
const MOST_FLOATS = 50_000;

/**
 * What an op says of regions is true: the part of its output that a move reaches, computed from the parts of its inputs
 * that `spread` names (or added, as an update, to what was there), and the part that `pull` says comes from parts of
 * the inputs, are those of the whole output.
 */
export function opRegionConformance({ op, cases, range = [-3, 3] }: OpDescription): void {
  const heap = createHeap(MOST_FLOATS);
  const moves = fc.record({
    each: cases,
    seed: fc.integer({ min: 1, max: 1e6 }),
    moved: fc.nat(7),
    mask: fc.nat(63),
    picks: fc.array(fc.nat(), { minLength: 6, maxLength: 6 }),
  });

  describe(`the regions of the op ${op.name}`, () => {
    it('computes what a move reaches from the regions that spread names alone', () => {
      fc.assert(
        fc.property(moves, ({ each, seed, moved, mask, picks }) => {
          if (op.spread === undefined || each.shapes.some((shape) => sizeOf(shape) === 0)) return;
          const position = moved % each.shapes.length;
          const shape = each.shapes[position];
          const fixed = shape.map((length, axis) =>
            length === 1 || ((mask >> axis) & 1) === 0 ? FREE : axis,
          );
          const coordinates = shape.map((length, axis) => picks[axis] % length);
          const output = op.inferShape(each.shapes, each.attributes);
          const query = { moved: each.shapes.map((_, i) => (i === position ? fixed : undefined)), output };
          const spread = op.spread({ ...query, shapes: each.shapes }, each.attributes);

          const before = drawInputs(each, seed, range);
          const after = before.map((values, i) =>
            i === position
              ? replaced(values, drawInputs(each, seed + 1, range)[i], { shape, fixed }, coordinates)
              : values,
          );
          const regions = each.shapes.map((own, i) => ({ shape: own, fixed: spread.inputs[i] }));
          const region = { shape: output, fixed: spread.output };
          const inputs = regions.map((own, i) => {
            const part = partOf(after[i], own, coordinates);
            if (!spread.update || i !== position) return part;
            const base = partOf(before[i], own, coordinates);
            return part.map((value, entry) => value - base[entry]);
          });
          const start = partOf(evaluate(before, each), region, coordinates);
          const actual = run(inputs, regions, region, spread.update ? start : undefined, each);
          expectClose(actual, partOf(evaluate(after, each), region, coordinates));
        }),
      );
    });

    it('computes a region of its output from the regions that pull names alone', () => {
      fc.assert(
        fc.property(moves, ({ each, seed, mask, picks }) => {
          if (op.pull === undefined || each.shapes.some((shape) => sizeOf(shape) === 0)) return;
          const shape = op.inferShape(each.shapes, each.attributes);
          const fixed = shape.map((length, axis) =>
            length === 1 || ((mask >> axis) & 1) === 0 ? FREE : axis,
          );
          const coordinates = shape.map((length, axis) => picks[axis] % length);
          const pulled = op.pull(fixed, each.shapes, each.attributes, shape);
          if (pulled === undefined) return;
          const inputs = drawInputs(each, seed, range);
          const regions = each.shapes.map((own, i) => ({ shape: own, fixed: pulled[i] }));
          const parts = regions.map((region, i) => partOf(inputs[i], region, coordinates));
          const actual = run(parts, regions, { shape, fixed }, undefined, each);
          expectClose(actual, partOf(evaluate(inputs, each), { shape, fixed }, coordinates));
        }),
      );
    });
  });

  function evaluate(inputs: readonly number[][], each: OpCase): number[] {
    const whole = (shape: Shape): Region => ({ shape, fixed: shape.map(() => FREE) });
    const output = whole(op.inferShape(each.shapes, each.attributes));
    return run(inputs, each.shapes.map(whole), output, undefined, each);
  }

  /** Runs the op on compact inputs; adds to `start` where there is one. */
  function run(
    inputs: readonly number[][],
    regions: readonly Region[],
    output: Region,
    start: readonly number[] | undefined,
    { attributes }: OpCase,
  ): number[] {
    const shapes = regions.map(compactShape);
    const size = sizeOf(compactShape(output));
    const values = [...inputs.flat(), ...(start ?? new Array<number>(size).fill(0))];
    heap.floats.set(values);
    let from = 0;
    const operands = inputs.map((part) => {
      from += part.length;
      return { offset: from - part.length, laneStride: 0 };
    });
    const to = { offset: from, laneStride: 0 };
    if (start === undefined) op.compile(shapes, attributes, compactShape(output))(heap, 1, operands, to);
    else if (op.compileUpdate !== undefined)
      op.compileUpdate(shapes, attributes, compactShape(output))(heap, 1, operands, to, to);
    else op.compileAdding?.(shapes, attributes, compactShape(output))(heap, 1, operands, to);
    return [...heap.floats.slice(from, from + size)];
  }
}

function drawInputs({ shapes, wholeInputs }: OpCase, seed: number, [low, high]: readonly [number, number]) {
  let state = seed;
  const next = () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
  return shapes.map((shape, input) => {
    const whole = wholeInputs?.find((entry) => entry.input === input);
    return Array.from({ length: sizeOf(shape) }, () =>
      whole ? Math.floor(next() * whole.below) : low + next() * (high - low),
    );
  });
}

/** Offsets of a region's entries. */
function entriesOf(region: Region, coordinates: readonly number[]): number[] {
  const map = new RegionMap(region);
  const start = map.start(Int32Array.from(coordinates), 0);
  return Array.from({ length: map.size }, (_, i) => start + (map.table?.[i] ?? i));
}

function partOf(values: readonly number[], region: Region, coordinates: readonly number[]): number[] {
  return entriesOf(region, coordinates).map((offset) => values[offset]);
}

function replaced(
  values: readonly number[],
  others: readonly number[],
  region: Region,
  coordinates: readonly number[],
): number[] {
  const chosen = new Set(entriesOf(region, coordinates));
  return values.map((value, offset) => (chosen.has(offset) ? others[offset] : value));
}

function expectClose(actual: readonly number[], expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((value, i) => {
    if (Number.isNaN(expected[i])) expect(value).toBeNaN();
    else if (value !== expected[i])
      expect(Math.abs(value - expected[i])).toBeLessThanOrEqual(1e-12 * Math.max(1, Math.abs(expected[i])));
  });
}
