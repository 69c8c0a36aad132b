import type { Activation } from '../../graph/activations.ts';

/** Components of one parameter to be differentiated in the variant of J in which an activation has slope 1. */
export interface SlopeTask {
  readonly activation: Activation;
  /** Position in `spec.parameters`. */
  readonly parameter: number;
  /** Numbered within the parameter, ascending. */
  readonly components: Int32Array;
}

/** What came of a task, or of a part of it. */
export interface SlopeGradient extends SlopeTask {
  readonly numeric: Float64Array;
}

/** The parts of tasks that cover their components `start` … `start + count − 1`, numbered through. */
export function sliceSlopeTasks(tasks: readonly SlopeTask[], start: number, count: number): SlopeTask[] {
  const slices: SlopeTask[] = [];
  let first = 0;
  for (const task of tasks) {
    const from = Math.max(start, first) - first;
    const to = Math.min(start + count, first + task.components.length) - first;
    if (to > from) slices.push({ ...task, components: task.components.slice(from, to) });
    first += task.components.length;
  }
  return slices;
}
