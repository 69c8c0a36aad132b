import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { complexZeros } from '../../src/graph/complex/complex-values.ts';
import { KinkWatch } from '../../src/graph/complex/kink-watch.ts';
import type { Attributes } from '../../src/graph/graph.ts';
import type { Heap } from '../../src/graph/heap.ts';
import type { Op, Operand } from '../../src/graph/op.ts';
import { formatShape, type Shape, sizeOf } from '../../src/tensors/tensor.ts';
import { createHeap } from '../fixtures/on-kernels.ts';

/** An array as slow and plain as can be: what every op is compared with. */
export interface PlainArray {
  readonly shape: Shape;
  readonly at: (index: readonly number[]) => number;
}

/** Shapes and attributes that an op takes. */
export interface OpCase {
  readonly shapes: readonly Shape[];
  readonly attributes: Attributes;
  /** Draws an input's values from whole numbers 0 … below, instead of from reals. */
  readonly wholeInputs?: readonly { readonly input: number; readonly below: number }[];
}

export interface OpDescription {
  readonly op: Op;
  readonly cases: fc.Arbitrary<OpCase>;
  /** The op's meaning, entry by entry: the output's shape, and the entry at an index. */
  readonly reference: (inputs: readonly PlainArray[], attributes: Attributes) => PlainArray;
  /** Inputs lie in this range. */
  readonly range?: readonly [number, number];
}

const GUARD = 12345.678;

/** The imaginary step of complex evaluations, and the real one of the differences that they are compared with. */
const COMPLEX_STEP = 1e-20;
const REAL_STEP = 1e-4;
/** Nearer to a kink, in real steps, differences are too coarse to compare with. */
const TOO_NEAR = 100;
const LANES = 3;

/** Every promise of the `Op` port, checked for one op. */
export function opConformance({ op, cases, reference, range = [-3, 3] }: OpDescription): void {
  describe(`the op ${op.name}`, () => {
    const filled = cases.chain((each) =>
      fc
        .record({ each: fc.constant(each), seed: fc.integer({ min: 1, max: 1e9 }) })
        .map(({ each, seed }) => ({ ...each, seed })),
    );

    it('agrees with its definition entry by entry, and writes nothing else', () => {
      fc.assert(
        fc.property(filled, ({ seed, ...each }) => {
          const bench = new Workbench(op, each, seed, range);
          const output = bench.run(1, () => true)[0];
          const expected = reference(bench.plainInputs(0), each.attributes);
          expect(bench.outputShape).toEqual(expected.shape);
          indices(expected.shape).forEach((index, i) => {
            expectClose(output[i], expected.at(index));
          });
          expect(bench.guardsHold()).toBe(true);
        }),
      );
    });

    it('gives a lane the same bits alone as among others', () => {
      fc.assert(
        fc.property(
          filled,
          fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }),
          ({ seed, ...each }, moved) => {
            const bench = new Workbench(op, each, seed, range);
            const together = bench.run(LANES, (input) => moved[input % 8]);
            for (let lane = 0; lane < LANES; lane++)
              expect(bench.runLane(lane, (input) => moved[input % 8])).toEqual(together[lane]);
            expect(bench.guardsHold()).toBe(true);
          },
        ),
      );
    });

    it('has differences equal to its value at the difference wherever it says it is linear', () => {
      fc.assert(
        fc.property(
          filled,
          fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }),
          ({ seed, ...each }, mask) => {
            const moved = each.shapes.map((_, input) => mask[input % 8]);
            if (!moved.includes(true) || !op.linear?.(moved, each.attributes)) return;
            const bench = new Workbench(op, each, seed, range);
            const [plus, minus] = [bench.runLane(0, (i) => moved[i]), bench.runLane(1, (i) => moved[i])];
            const difference = bench.runDifference(moved);
            difference.forEach((value, i) => {
              expectClose(value, plus[i] - minus[i], 1e-10);
            });
          },
        ),
      );
    });

    it('has a transposed map that gives weights to each input wherever it is linear', () => {
      fc.assert(
        fc.property(filled, fc.nat(7), ({ seed, ...each }, chosen) => {
          const input = chosen % Math.max(1, each.shapes.length);
          const moved = each.shapes.map((_, i) => i === input);
          if (
            op.linear?.(moved, each.attributes) !== true ||
            each.shapes.some((shape) => sizeOf(shape) === 0)
          )
            return;
          const bench = new Workbench(op, each, seed, range);
          const weights = Float64Array.from({ length: sizeOf(bench.outputShape) }, (_, i) => Math.cos(i + 1));
          const forward = bench.runDifference(moved);
          const { transposed, difference } = bench.runTransposed(input, weights);
          expectClose(dot(transposed, difference), dot(weights, forward), 1e-10);
        }),
      );
    });

    it('takes weights of many lanes back as it takes those of one, to the bit', () => {
      fc.assert(
        fc.property(filled, fc.nat(7), ({ seed, ...each }, chosen) => {
          const input = chosen % Math.max(1, each.shapes.length);
          const moved = each.shapes.map((_, i) => i === input);
          if (op.linear?.(moved, each.attributes) !== true) return;
          const bench = new Workbench(op, each, seed, range);
          const size = sizeOf(bench.outputShape);
          const weights = Float64Array.from({ length: LANES * size }, (_, i) => Math.cos(i + 1));
          const together = bench.runTransposedLanes(input, weights);
          together?.forEach((lane, i) => {
            const own = weights.slice(i * size, (i + 1) * size);
            expect(lane).toEqual(bench.runTransposed(input, own).transposed);
          });
        }),
      );
    });

    it('moves by what one input moves by where it says that it passes a change on', () => {
      fc.assert(
        fc.property(filled, fc.nat(7), ({ seed, ...each }, chosen) => {
          const input = chosen % Math.max(1, each.shapes.length);
          const bench = new Workbench(op, each, seed, range);
          if (op.passesOn?.(input, each.attributes) !== true) return;
          if (formatShape(each.shapes[input]) !== formatShape(bench.outputShape)) return;
          const moved = each.shapes.map((_, i) => i === input);
          expect(bench.runDifference(moved)).toEqual(bench.difference(input));
        }),
      );
    });

    it('finds at once whether any piece is another one, as it does entry by entry', () => {
      fc.assert(
        fc.property(filled, fc.constantFrom(0, 1, 2), ({ seed, ...each }, lane) => {
          if (op.compileBranchTest === undefined) return;
          const bench = new Workbench(op, each, seed, range);
          const { crossed, test } = bench.runBranches(lane);
          expect(test).toBe(crossed.length > 0);
        }),
      );
    });

    if (op.compileComplex !== undefined) {
      it('in complex arithmetic has the value and, off the real axis, the slope of the real op', () => {
        fc.assert(
          fc.property(
            filled,
            fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }),
            ({ seed, ...each }, mask) => {
              const bench = new Workbench(op, each, seed, range);
              const { value, slope, isNearKink } = bench.runComplex((input) => mask[input % 8]);
              if (isNearKink) return;
              const [real, difference] = bench.runFivePoint((input) => mask[input % 8]);
              real.forEach((expected, i) => {
                expectClose(value[i], expected);
                if (Number.isFinite(expected)) expectClose(slope[i], difference[i], 1e-7);
              });
            },
          ),
        );
      });
    }

    it('spreads a moved region to no more than it says, with the values of the whole', () => {
      fc.assert(
        fc.property(
          filled,
          fc.nat(7),
          fc.nat(),
          fc.array(fc.nat(), { minLength: 4, maxLength: 4 }),
          ({ seed, ...each }, chosen, mask, picks) => {
            if (op.spread === undefined || each.shapes.length === 0) return;
            const input = chosen % each.shapes.length;
            const shape = each.shapes[input];
            if (sizeOf(shape) === 0) return;
            const fixed = shape.map((length, axis) =>
              length === 1 || ((mask >> axis) & 1) === 0 ? -1 : axis,
            );
            const index = shape.map((length, axis) => picks[axis] % length);
            const bench = new Workbench(op, each, seed, range);
            const query = {
              moved: each.shapes.map((_, i) => (i === input ? fixed : undefined)),
              shapes: each.shapes,
              output: bench.outputShape,
            };
            const { output } = op.spread(query, each.attributes);
            const [before, after] = bench.runMoved(input, (entry) =>
              entry.every((i, axis) => fixed[axis] === -1 || i === index[axis]),
            );
            indices(bench.outputShape).forEach((entry, i) => {
              const inside = entry.every((at, axis) => output[axis] === -1 || at === index[output[axis]]);
              if (!inside) expect(after[i]).toBe(before[i]);
            });
          },
        ),
      );
    });
  });
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i], 0);
}

function expectClose(actual: number, expected: number, tolerance = 1e-12): void {
  if (Number.isNaN(expected)) expect(actual).toBeNaN();
  else if (actual !== expected)
    expect(Math.abs(actual - expected)).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(expected)));
}

/** All multi-indices of a shape, row-major. */
export function indices(shape: Shape): number[][] {
  return shape.reduce<number[][]>(
    (all, length) => all.flatMap((index) => Array.from({ length }, (_, i) => [...index, i])),
    [[]],
  );
}

/** Lays an op's inputs out in a memory of their own, with guards around the output. */
class Workbench {
  readonly outputShape: Shape;
  readonly #op: Op;
  readonly #case: OpCase;
  readonly #range: readonly [number, number];
  readonly #heap: Heap;
  readonly #memory: Float64Array;
  readonly #inputs: readonly number[];
  readonly #output: number;
  readonly #zeros: number;
  readonly #differences: readonly number[];

  constructor(op: Op, each: OpCase, seed: number, range: readonly [number, number]) {
    const [low, high] = range;
    this.#op = op;
    this.#case = each;
    this.#range = range;
    this.outputShape = op.inferShape(each.shapes, each.attributes);
    const sizes = each.shapes.map(sizeOf);
    let size = 0;
    const take = (count: number) => {
      size += count;
      return size - count;
    };
    this.#inputs = sizes.map((count) => take(count * LANES));
    this.#differences = sizes.map((count) => take(count));
    this.#zeros = take(Math.max(0, ...sizes));
    this.#output = take(1 + sizeOf(this.outputShape) * LANES + 1) + 1;
    this.#heap = createHeap(size);
    this.#memory = this.#heap.floats;
    let state = seed;
    const next = () => {
      state = (state * 48271) % 2147483647;
      return state / 2147483647;
    };
    sizes.forEach((count, input) => {
      const whole = each.wholeInputs?.find((entry) => entry.input === input);
      for (let i = 0; i < count * LANES; i++) {
        this.#memory[this.#inputs[input] + i] = whole
          ? Math.floor(next() * whole.below)
          : low + next() * (high - low);
      }
      for (let i = 0; i < count; i++) {
        const from = this.#inputs[input] + i;
        this.#memory[this.#differences[input] + i] = this.#memory[from] - this.#memory[from + count];
      }
    });
  }

  plainInputs(lane: number): PlainArray[] {
    return this.#case.shapes.map((shape, input) => {
      const start = this.#inputs[input] + lane * sizeOf(shape);
      const values = this.#memory.slice(start, start + sizeOf(shape));
      return { shape, at: (index) => values[index.reduce((flat, i, axis) => flat * shape[axis] + i, 0)] };
    });
  }

  /** Inputs that `moved` names have a copy per lane, the others one for all. */
  run(lanes: number, moved: (input: number) => boolean): Float64Array[] {
    return this.#run(
      lanes,
      this.#case.shapes.map((shape, input) => ({
        offset: this.#inputs[input],
        laneStride: moved(input) ? sizeOf(shape) : 0,
      })),
    );
  }

  runLane(lane: number, moved: (input: number) => boolean): Float64Array {
    const operands = this.#case.shapes.map((shape, input) => ({
      offset: this.#inputs[input] + (moved(input) ? lane * sizeOf(shape) : 0),
      laneStride: 0,
    }));
    return this.#run(1, operands)[0];
  }

  runDifference(moved: readonly boolean[]): Float64Array {
    const operands = moved.map((isMoved, input) => {
      if (isMoved) return { offset: this.#differences[input], laneStride: 0 };
      return {
        offset: this.#op.unmoved?.(input) === 'zero' ? this.#zeros : this.#inputs[input],
        laneStride: 0,
      };
    });
    return this.#run(1, operands)[0];
  }

  /** The transposed map of `weights` for one input, and that input's difference between lanes 0 and 1. */
  runTransposed(input: number, weights: Float64Array) {
    const { shapes, attributes } = this.#case;
    const own = this.#memory.length;
    const heap = createHeap(own + weights.length + sizeOf(shapes[input]));
    heap.floats.set(this.#memory);
    heap.floats.set(weights, own);
    const target = own + weights.length;
    const operands = this.#inputs.map((offset) => ({ offset, laneStride: 0 }));
    this.#op.transposed?.(input, shapes, attributes, this.outputShape)(heap, operands, own, target);
    const transposed = heap.floats.slice(target, target + sizeOf(shapes[input]));
    return { transposed, difference: this.difference(input) };
  }

  /** One input's difference between lanes 0 and 1. */
  difference(input: number): Float64Array {
    const start = this.#differences[input];
    return this.#memory.slice(start, start + sizeOf(this.#case.shapes[input]));
  }

  /** The transposed map of several lanes' weights; undefined when the op takes them one by one. */
  runTransposedLanes(input: number, weights: Float64Array): Float64Array[] | undefined {
    const { shapes, attributes } = this.#case;
    const size = sizeOf(shapes[input]);
    const own = this.#memory.length;
    const target = own + weights.length;
    const heap = createHeap(target + LANES * size);
    heap.floats.set(this.#memory);
    heap.floats.set(weights, own);
    const kernel = this.#op.transposedLanes?.(input, shapes, attributes, this.outputShape);
    if (kernel === undefined) return undefined;
    const operands = this.#inputs.map((offset) => ({ offset, laneStride: 0 }));
    kernel(heap, LANES, operands, own, target);
    return Array.from({ length: LANES }, (_, lane) =>
      heap.floats.slice(target + lane * size, target + (lane + 1) * size),
    );
  }

  /** Which entries have another active piece in a lane than in lane 0, and whether the op says at once that any has. */
  runBranches(lane: number) {
    const { shapes, attributes } = this.#case;
    const base = this.#inputs;
    const moved = shapes.map((shape, input) => this.#inputs[input] + lane * sizeOf(shape));
    const crossed: number[] = [];
    const branches = this.#op.compileBranches?.(shapes, attributes, this.outputShape);
    branches?.(this.#memory, moved, base, (entry) => void crossed.push(entry));
    const test = this.#op.compileBranchTest?.(shapes, attributes, this.outputShape)(this.#heap, moved, base);
    return { crossed, test };
  }

  /** The output before and after the entries of one input that `chosen` names take on lane 1's values. */
  runMoved(input: number, chosen: (index: readonly number[]) => boolean): [Float64Array, Float64Array] {
    const before = this.runLane(0, () => false);
    const shape = this.#case.shapes[input];
    indices(shape).forEach((index, i) => {
      if (chosen(index))
        this.#memory[this.#inputs[input] + i] = this.#memory[this.#inputs[input] + sizeOf(shape) + i];
    });
    return [before, this.runLane(0, () => false)];
  }

  /** The inputs of lane 0, and how far those that may move do: by less than 1. Whole numbers stay. */
  #directions(moved: (input: number) => boolean): { values: Float64Array; direction: Float64Array }[] {
    return this.#case.shapes.map((shape, input) => {
      const start = this.#inputs[input];
      const still = !moved(input) || this.#case.wholeInputs?.some((entry) => entry.input === input);
      const scale = still ? 0 : 1 / (this.#range[1] - this.#range[0]);
      const difference = this.#memory.slice(
        this.#differences[input],
        this.#differences[input] + sizeOf(shape),
      );
      return {
        values: this.#memory.slice(start, start + sizeOf(shape)),
        direction: difference.map((each) => scale * each),
      };
    });
  }

  /** The op at x + ih·v: its real part, and its imaginary part over h. */
  runComplex(moved: (input: number) => boolean) {
    const { shapes, attributes } = this.#case;
    const inputs = this.#directions(moved).map(({ values, direction }) => ({
      re: values,
      im: direction.map((each) => COMPLEX_STEP * each),
    }));
    const output = complexZeros(sizeOf(this.outputShape));
    const kinks = new KinkWatch((TOO_NEAR * REAL_STEP) / COMPLEX_STEP);
    this.#op.compileComplex?.(shapes, attributes, this.outputShape)(inputs, output, kinks);
    return {
      value: output.re,
      slope: output.im.map((each) => each / COMPLEX_STEP),
      isNearKink: kinks.crossed,
    };
  }

  /** The op at x, and its slope along v by five-point differences. */
  runFivePoint(moved: (input: number) => boolean): [Float64Array, Float64Array] {
    const directions = this.#directions(moved);
    const at = (steps: number) => {
      directions.forEach(({ values, direction }, input) => {
        const point = values.map((value, i) => value + steps * REAL_STEP * direction[i]);
        this.#memory.set(point, this.#inputs[input]);
      });
      return this.runLane(0, () => false);
    };
    const [far, near, nearer, farther, middle] = [at(-2), at(-1), at(1), at(2), at(0)];
    const slope = middle.map(
      (_, i) => (8 * (nearer[i] - near[i]) - (farther[i] - far[i])) / (12 * REAL_STEP),
    );
    return [middle, slope];
  }

  guardsHold(): boolean {
    return (
      this.#memory[this.#output - 1] === GUARD &&
      this.#memory[this.#output + sizeOf(this.outputShape) * LANES] === GUARD
    );
  }

  #run(lanes: number, operands: readonly Operand[]): Float64Array[] {
    const { shapes, attributes } = this.#case;
    const size = sizeOf(this.outputShape);
    this.#memory.fill(GUARD, this.#output - 1, this.#output + size * LANES + 1);
    this.#op.compile(shapes, attributes, this.outputShape)(this.#heap, lanes, operands, {
      offset: this.#output,
      laneStride: size,
    });
    return Array.from({ length: lanes }, (_, lane) =>
      this.#memory.slice(this.#output + lane * size, this.#output + (lane + 1) * size),
    );
  }
}
