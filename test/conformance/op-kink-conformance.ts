import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Shape, sizeOf } from '../../src/tensors/tensor.ts';
import { createHeap } from '../fixtures/on-kernels.ts';
import type { OpCase, OpDescription } from './op-conformance.ts';

/** More than the inputs and the output of any case here. */
const MOST_FLOATS = 50_000;

/** How far inputs go to either side of a whole number, where every op here has its kinks. */
const REACH = 1e-5;
/** Of that reach on a smooth piece, the slopes of the two sides differ by less than this, being REACH·f″ apart. */
const MOST_BEND = 1e-7;
/** A jump is as high as a step from one whole number to the next. */
const LEAST_JUMP = 0.5;

/**
 * An op bends or jumps only where its `compileBranches` says that another piece is active, and says so only where it
 * does: along a short way through whole numbers, where entries are 0 and equal to each other as often as not.
 */
export function opKinkConformance({ op, cases, range = [-3, 3] }: OpDescription): void {
  const heap = createHeap(MOST_FLOATS);
  const ways = fc.record({ each: cases, seed: fc.integer({ min: 1, max: 1e6 }) });

  describe(`the kinks of the op ${op.name}`, () => {
    it('are where it says that another piece is active, and nowhere else', () => {
      fc.assert(
        fc.property(ways, ({ each, seed }) => {
          const output = op.inferShape(each.shapes, each.attributes);
          const way = drawWay(each, seed, range);
          const at = (step: number) =>
            evaluate(
              way.map((entries) => entries(step)),
              each,
              output,
            );
          const [before, nearly, there, soon, after] = [-1, -1 / 3, 0, 1 / 3, 1].map(at);
          const crossed = crossings(
            way.map((entries) => entries(1)),
            way.map((entries) => entries(-1)),
            each,
            output,
          );
          before.forEach((value, entry) => {
            const bend = after[entry] - soon[entry] - (nearly[entry] - value);
            const jump = Math.max(
              Math.abs(soon[entry] - nearly[entry]),
              Math.abs(there[entry] - nearly[entry]),
            );
            if (Number.isNaN(bend)) return;
            const isKink = Math.abs(bend) > MOST_BEND || jump > LEAST_JUMP;
            expect(crossed.has(entry), `entry ${entry}: bend ${bend}, jump ${jump}`).toBe(isKink);
          });
        }),
      );
    });
  });

  function evaluate(inputs: readonly number[][], { shapes, attributes }: OpCase, output: Shape): number[] {
    const { offsets, end } = place(inputs);
    const operands = offsets.map((offset) => ({ offset, laneStride: 0 }));
    op.compile(shapes, attributes, output)(heap, 1, operands, { offset: end, laneStride: 0 });
    return [...heap.floats.slice(end, end + sizeOf(output))];
  }

  function crossings(
    moved: readonly number[][],
    base: readonly number[][],
    { shapes, attributes }: OpCase,
    output: Shape,
  ): Set<number> {
    const crossed = new Set<number>();
    const { offsets } = place([...moved, ...base]);
    op.compileBranches?.(shapes, attributes, output)(
      heap.floats,
      offsets.slice(0, shapes.length),
      offsets.slice(shapes.length),
      (entry) => crossed.add(entry),
    );
    return crossed;
  }

  function place(parts: readonly number[][]) {
    let end = 0;
    const offsets = parts.map((part) => {
      heap.floats.set(part, end);
      end += part.length;
      return end - part.length;
    });
    return { offsets, end };
  }
}

/** For each input its entries at a step of the way: a whole number, and from there to the left or to the right. */
function drawWay(
  { shapes, wholeInputs }: OpCase,
  seed: number,
  [low, high]: readonly [number, number],
): ((step: number) => number[])[] {
  let state = seed;
  const below = (limit: number) => {
    state = (state * 48271) % 2147483647;
    return Math.floor((state / 2147483647) * limit);
  };
  const least = low < 0 ? Math.ceil(low) : 1;
  return shapes.map((shape, input) => {
    const whole = wholeInputs?.find((entry) => entry.input === input);
    const entries = Array.from({ length: sizeOf(shape) }, () =>
      whole
        ? { middle: below(whole.below), direction: 0 }
        : { middle: least + below(Math.floor(high) - least + 1), direction: REACH * (2 * below(2) - 1) },
    );
    return (step) => entries.map(({ middle, direction }) => middle + step * direction);
  });
}
