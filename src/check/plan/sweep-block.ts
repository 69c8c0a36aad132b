import type { ProbeProgram } from '../../graph/probe-program.ts';
import type { DirectionsBlock } from '../directional/directions-block.ts';
import type { ComponentRun } from './selection.ts';
import type { UnitGroup } from './unit-group.ts';

/** Probes of one kind in a row, each of about the same work. A sweep is a list of blocks, its probes numbered through. */
export type SweepBlock = ComponentBlock | UnitBlock | DirectionsBlock | ComparisonBlock;

/** Components of one parameter, each moved by itself. */
export interface ComponentBlock {
  readonly kind: 'components';
  readonly parameter: number;
  /** Undefined when the graph does not read the parameter. */
  readonly program: ProbeProgram | undefined;
  readonly runs: readonly ComponentRun[];
  /** `audit`: not to be counted, but compared with what node-perturbation gave. */
  readonly role: 'value' | 'audit';
  /** Whether these are the derivatives themselves, and not only a term of them. */
  readonly isWhole: boolean;
  readonly probes: number;
  readonly flopsPerProbe: number;
}

/** Units of a layer's output, each moved for all examples at once. */
export interface UnitBlock {
  readonly kind: 'units';
  readonly group: UnitGroup;
  readonly probes: number;
  readonly flopsPerProbe: number;
}

/** Components of one parameter, each moved by itself and differenced by every method that is only shown. */
export interface ComparisonBlock {
  readonly kind: 'comparison';
  readonly parameter: number;
  /** Undefined when the graph does not read the parameter. */
  readonly program: ProbeProgram | undefined;
  readonly runs: readonly ComponentRun[];
  readonly probes: number;
  readonly flopsPerProbe: number;
}

/** A part of one block: `count` probes from the `start`-th of the block on. */
export interface BlockSlice {
  readonly block: SweepBlock;
  readonly start: number;
  readonly count: number;
}

/** The parts of blocks that cover the probes `start` … `start + count − 1`. */
export function sliceBlocks(blocks: readonly SweepBlock[], start: number, count: number): BlockSlice[] {
  const slices: BlockSlice[] = [];
  let first = 0;
  for (const block of blocks) {
    const from = Math.max(start, first);
    const to = Math.min(start + count, first + block.probes);
    if (to > from) slices.push({ block, start: from - first, count: to - from });
    first += block.probes;
  }
  return slices;
}

/** The runs that cover a block's components `start` … `start + count − 1`, cut to them. */
export function sliceRuns(runs: readonly ComponentRun[], start: number, count: number): ComponentRun[] {
  const slices: ComponentRun[] = [];
  let first = 0;
  for (const run of runs) {
    const from = Math.max(start, first);
    const to = Math.min(start + count, first + run.count);
    if (to > from)
      slices.push({ parameter: run.parameter, start: run.start + from - first, count: to - from });
    first += run.count;
  }
  return slices;
}

/** The work of some blocks, in floating-point operations. */
export function flopsOf(blocks: readonly Pick<SweepBlock, 'probes' | 'flopsPerProbe'>[]): number {
  return blocks.reduce((sum, { probes, flopsPerProbe }) => sum + probes * flopsPerProbe, 0);
}

export function countComponents(runs: readonly ComponentRun[]): number {
  return runs.reduce((sum, run) => sum + run.count, 0);
}
