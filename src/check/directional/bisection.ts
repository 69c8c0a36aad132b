import type { CheckJob } from '../check-job.ts';
import type { ComponentRun } from '../plan/selection.ts';
import { countComponents } from '../plan/sweep-block.ts';
import type { BisectTask } from './bisect-task.ts';
import { CheckedRuns } from './checked-runs.ts';
import { correctProjection } from './corrected-projection.ts';
import {
  type Direction,
  type Projection,
  type ProjectionRule,
  projectionBound,
  VECTORS,
} from './projection.ts';

/** Parts of a parameter that are taken apart at the same time, at most: those that disagree most. */
const MOST_OPEN = 16;
/** Components whose claimed value is not finite, and which are therefore checked by themselves, at most. */
const MOST_NOT_FINITE = 64;

export interface BisectionParts {
  readonly job: CheckJob;
  /** Position in `spec.parameters`. */
  readonly parameter: number;
  readonly rule: ProjectionRule;
  /** The numeric gradient laid out as θ, in which components that were moved by themselves have their values. */
  readonly numeric: Float64Array;
  /** Floating-point operations of one direction, and of one component moved by itself. */
  readonly flopsPerDirection: number;
  readonly flopsPerComponent: number;
}

/**
 * The search for a parameter's wrong components. A vector along which numeric and claimed disagree is followed into
 * halves of the components, in their order, until moving those that are left one by one takes no more than halving
 * them further. What the components found explain is then taken off all projections; if a vector disagrees still,
 * because other errors had cancelled, it is followed in turn.
 *
 * What it asks for next depends on the job and on the results of whole rounds alone.
 */
export class Bisection {
  /** Components checked by themselves. */
  readonly checked: CheckedRuns;
  evaluations = 0;
  readonly #parts: BisectionParts;
  readonly #roots = new Map<number, Projection>();
  readonly #followed = new Set<number>();
  #tasks: readonly BisectTask[] = [];
  /** The parts taken apart by the tasks. */
  #open: readonly Direction[] = [];
  #spent = 0;

  constructor(parts: BisectionParts) {
    this.#parts = parts;
    this.checked = new CheckedRuns(parts.parameter);
  }

  get rule(): ProjectionRule {
    return this.#parts.rule;
  }

  /** The projections of the whole parameter, by number of vector. */
  get roots(): readonly Projection[] {
    return [...this.#roots.values()].sort((a, b) => a.vector - b.vector);
  }

  /** What to do in the coming round; nothing before all projections of the whole are in, and once it is over. */
  get tasks(): readonly BisectTask[] {
    return this.#tasks;
  }

  get isOver(): boolean {
    return this.#roots.size === VECTORS && this.#tasks.length === 0;
  }

  /** Whether every component was checked by itself. */
  get isExhaustive(): boolean {
    return this.checked.outside(this.#whole).length === 0;
  }

  /** Takes a projection of the whole parameter. */
  begin(root: Projection): void {
    this.#roots.set(root.vector, root);
    this.evaluations += root.evaluations;
    if (this.#roots.size < VECTORS) return;
    if (root.unmoved > 0) this.#tasks = this.#notFinite();
    if (this.#tasks.length === 0) this.#follow();
  }

  /** Takes the projections that the last tasks asked for; the values of components are in `numeric` by now. */
  advance(projections: readonly Projection[]): void {
    for (const task of this.#tasks) {
      if (task.kind === 'components') this.checked.add(task);
    }
    const halves = new Map<number, Projection>();
    for (const projection of projections) {
      this.evaluations += projection.evaluations;
      halves.set(projection.start, projection);
    }
    const suspects = this.#open.flatMap((part) =>
      this.#suspects(halvesOf(part).flatMap(({ start }) => halves.get(start) ?? [])),
    );
    this.#goOn(suspects.sort(bySuspicion));
    if (this.#tasks.length === 0) this.#follow();
  }

  /** A projection, what is known of the components checked by themselves taken into account. */
  corrected(projection: Projection): Projection {
    const { job, numeric } = this.#parts;
    return correctProjection(projection, job, numeric, this.checked.within(projection));
  }

  /** How far a projection, corrected, is from agreeing: in bounds, so that what is over 1 disagrees. NaN if unknown. */
  residual(projection: Projection): number {
    const corrected = this.corrected(projection);
    const difference = Math.abs(corrected.claimed - corrected.numeric);
    return difference === 0 ? 0 : difference / projectionBound(corrected, this.#parts.rule);
  }

  /** Follows the vector that disagrees most, among those not followed yet; ends the search when there is none. */
  #follow(): void {
    while (this.#tasks.length === 0 && this.#spent < this.#allowance && !this.isExhaustive) {
      let worst: { vector: number; share: number } | undefined;
      for (const root of this.roots) {
        const share = this.residual(root);
        if (share > (worst?.share ?? 1) && !this.#followed.has(root.vector))
          worst = { vector: root.vector, share };
      }
      if (worst === undefined) return;
      this.#followed.add(worst.vector);
      this.#takeApart([{ ...this.#whole, vector: worst.vector }]);
    }
  }

  /**
   * Too many to follow them all are checked component by component, if that takes no more than following as many as
   * may be. Otherwise only those that disagree most are followed, and the report says that there is more.
   */
  #goOn(suspects: readonly Direction[]): void {
    const flops = suspects.reduce((sum, part) => sum + this.#flopsAlone(part), 0);
    if (suspects.length <= MOST_OPEN || flops > this.#allowance)
      this.#takeApart(suspects.slice(0, MOST_OPEN));
    else {
      const tasks = suspects.flatMap((part) => this.#oneByOne(part));
      this.#plan(tasks, []);
    }
  }

  #takeApart(parts: readonly Direction[]): void {
    const isSmall = (part: Direction) =>
      part.count === 1 || this.#flopsAlone(part) <= this.#halvingFlops(part.count);
    this.#plan(
      parts.flatMap((part) =>
        isSmall(part)
          ? this.#oneByOne(part)
          : halvesOf(part).map((half): BisectTask => ({ kind: 'direction', ...half })),
      ),
      parts.filter((part) => !isSmall(part)),
    );
  }

  #plan(tasks: readonly BisectTask[], open: readonly Direction[]): void {
    const { flopsPerDirection, flopsPerComponent } = this.#parts;
    this.#tasks = tasks;
    this.#open = open;
    for (const task of tasks)
      this.#spent += task.kind === 'direction' ? flopsPerDirection : task.count * flopsPerComponent;
  }

  /** The components of a part that have not been checked by themselves. */
  #oneByOne(part: Direction): BisectTask[] {
    return this.checked.outside(part).map((run) => ({ kind: 'components', ...run }));
  }

  #flopsAlone(part: Direction): number {
    return this.#parts.flopsPerComponent * countComponents(this.checked.outside(part));
  }

  /**
   * The halves of a part that are to be followed: those that disagree, or if none does the one nearest to it.
   */
  #suspects(halves: readonly Projection[]): Suspect[] {
    const suspects = halves.map(({ parameter, vector, start, count }, i): Suspect => {
      return { parameter, vector, start, count, share: this.residual(halves[i]) };
    });
    const over = suspects.filter(({ share }) => share > 1);
    return over.length > 0 ? over : suspects.sort(bySuspicion).slice(0, 1);
  }

  /** What following one wrong component to its place takes. */
  #halvingFlops(count: number): number {
    return 2 * Math.ceil(Math.log2(count)) * this.#parts.flopsPerDirection;
  }

  /** What the search may take. */
  get #allowance(): number {
    return MOST_OPEN * this.#halvingFlops(this.#whole.count);
  }

  get #whole(): ComponentRun {
    const { offset, size } = this.#parts.job.spec.parameters[this.#parts.parameter];
    return { parameter: this.#parts.parameter, start: offset, count: size };
  }

  #notFinite(): BisectTask[] {
    const { job, parameter } = this.#parts;
    const { start, count } = this.#whole;
    const tasks: BisectTask[] = [];
    for (let component = start; component < start + count && tasks.length < MOST_NOT_FINITE; component++) {
      if (!Number.isFinite(job.claimed[component]))
        tasks.push({ kind: 'components', parameter, start: component, count: 1 });
    }
    return tasks;
  }
}

interface Suspect extends Direction {
  /** In bounds; NaN when it cannot be told. */
  readonly share: number;
}

/** The most suspicious first; what cannot be told comes last. */
function bySuspicion(a: Suspect, b: Suspect): number {
  const [first, second] = [a, b].map(({ share }) => (Number.isNaN(share) ? -1 : share));
  return first === second ? a.start - b.start : second - first;
}

function halvesOf({ parameter, vector, start, count }: Direction): Direction[] {
  const half = Math.ceil(count / 2);
  return [
    { parameter, vector, start, count: half },
    { parameter, vector, start: start + half, count: count - half },
  ];
}
