import type { ComponentRun } from '../plan/selection.ts';
import type { Direction } from './projection.ts';

/** What a round of bisecting asks for: a direction, or components each moved by itself. */
export type BisectTask =
  | ({ readonly kind: 'direction' } & Direction)
  | ({ readonly kind: 'components' } & ComponentRun);

/** The number of probes of a task: a direction is one, however many components it moves. */
export function probesOf(task: BisectTask): number {
  return task.kind === 'direction' ? 1 : task.count;
}

/** The parts of tasks that cover the probes `start` … `start + count − 1`. */
export function sliceTasks(tasks: readonly BisectTask[], start: number, count: number): BisectTask[] {
  const slices: BisectTask[] = [];
  let first = 0;
  for (const task of tasks) {
    const probes = probesOf(task);
    const from = Math.max(start, first);
    const to = Math.min(start + count, first + probes);
    if (to > from) {
      slices.push(
        task.kind === 'direction' ? task : { ...task, start: task.start + from - first, count: to - from },
      );
    }
    first += probes;
  }
  return slices;
}
