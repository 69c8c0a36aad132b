import type { LaneSpace } from './lane-space.ts';
import type { ProgramStep } from './program-planner.ts';

/** A step at its place in a memory: does its work for the lanes of a batch of `pairs` pairs. */
export type BoundStep = (lanes: number, pairs: number) => void;

/** Told of each output entry, of a piecewise op, whose active piece is another one than at θ. */
export type Crossing = (pair: number, step: BranchStep, entry: number) => void;

export type BranchStep = Extract<ProgramStep, { kind: 'branch' }>;

/** Makes a step ready to run batch after batch. */
export function bindStep(step: ProgramStep, space: LaneSpace, crossing: Crossing): BoundStep {
  if (step.kind === 'branch') return bindBranch(step, space, crossing);
  const to = space.of(step.to, 0);
  const { size } = step.to;
  const { heap } = space;
  if (step.kind === 'op') {
    const kernel = step.kernel.value;
    const inputs = step.inputs.map((input) => space.operand(input));
    const output = space.operand({ buffer: step.to });
    return (lanes) => kernel(heap, lanes, inputs, output);
  }
  if (step.kind === 'update') {
    const kernel = step.kernel.value;
    const inputs = step.inputs.map((input) => space.operand(input));
    const output = space.operand({ buffer: step.to });
    const base = space.operand(step.base);
    return (lanes) => kernel(heap, lanes, inputs, output, base);
  }
  if (step.kind === 'gather') {
    const base = space.base[step.node].offset;
    return forEachLane((lane) =>
      step.map.gather(heap, base + space.startOf(step.map, lane), to + lane * size),
    );
  }
  const from = space.of(step.from, 0);
  const fromSize = step.from.size;
  if (step.kind === 'widen') {
    return forEachLane((lane) => {
      const at = to + lane * size + space.startOf(step.within, lane);
      step.within.scatter(heap, from + lane * fromSize, at);
    });
  }
  const base = space.base[step.node].offset;
  return forEachLane((lane) => {
    const at = base + space.startOf(step.map, lane);
    step.map.subtract(heap, from + lane * fromSize, at, to + lane * size);
  });
}

function bindBranch(step: BranchStep, space: LaneSpace, crossing: Crossing): BoundStep {
  const { heap } = space;
  const kernel = step.kernel.value;
  const test = step.test.value;
  const moved = step.moved.map((input) => space.operand(input));
  const base = step.base.map((input) => space.operand(input));
  const movedAt = moved.map(({ offset }) => offset);
  const baseAt = base.map(({ offset }) => offset);
  return (lanes, pairs) => {
    for (let lane = 0; lane < lanes; lane++) {
      for (let i = 0; i < moved.length; i++) {
        movedAt[i] = moved[i].offset + lane * moved[i].laneStride;
        baseAt[i] = base[i].offset + lane * base[i].laneStride;
      }
      if (test !== undefined && !test(heap, movedAt, baseAt)) continue;
      kernel(heap.floats, movedAt, baseAt, (entry) => crossing(lane % pairs, step, entry));
    }
  };
}

function forEachLane(visit: (lane: number) => void): BoundStep {
  return (lanes) => {
    for (let lane = 0; lane < lanes; lane++) visit(lane);
  };
}
