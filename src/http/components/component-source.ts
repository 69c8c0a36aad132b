import { setImmediate } from 'node:timers/promises';
import { type CheckSpec, componentCount, type Parameter } from '../../check/check-job.ts';
import { methodValues } from '../../check/comparison/method-value.ts';
import { type ComponentRun, selectedRuns } from '../../check/plan/selection.ts';
import { pointCount, specAt } from '../../check/points/point.ts';
import type { ComponentValues } from '../../check/report/listed-component.ts';
import type { CheckSettings, Method } from '../../check/settings.ts';
import { specFromJson } from '../../check/spec-json.ts';
import { readMark, UNCHECKED } from '../../check/verdict/component-marks.ts';
import {
  boundsRange,
  comparedRange,
  marksRange,
  packedPoint,
  readBounds,
  readMarks,
  readRefinements,
  refinedOffset,
  type StoredRefinement,
} from '../../check/verdict/stored-gradient.ts';
import { GradcheckError } from '../../errors/catalogue.ts';
import { claimedNumbers } from '../../jobs/job-payload.ts';
import { type Numbers, sliceNumbers } from '../../jobs/numbers.ts';
import type { Store } from '../../jobs/store/job-store.ts';
import { requestedPoint } from './requested-point.ts';

/** Components read at once: a few milliseconds of work, after which other requests get their turn. */
const BLOCK = 1 << 16;

/** Is called with a checked component, numbered in θ. */
export type ComponentVisitor = (component: number, values: ComponentValues) => void;

/** The components of one succeeded job, at one of its points, read from the store block by block. */
export class ComponentSource {
  /** The number of the point, in a job that has points. */
  readonly point: number | undefined;
  /** How many points the job has; undefined when it has none but the one it is. */
  readonly points: number | undefined;
  readonly parameters: readonly Parameter[];
  /** Methods whose values stand beside those of the check's own. */
  readonly methods: readonly Method[];
  readonly #values: StoredGradients;
  readonly #runs: readonly ComponentRun[];
  readonly #refinements: ReadonlyMap<number, StoredRefinement>;

  /** @param spec that of the point */
  private constructor(
    spec: CheckSpec,
    point: number | undefined,
    points: number | undefined,
    values: StoredGradients,
    refinements: readonly StoredRefinement[],
  ) {
    this.point = point;
    this.points = points;
    this.parameters = spec.parameters;
    this.methods = spec.settings.compareMethods ?? [];
    this.#values = values;
    this.#runs = selectedRuns(spec);
    this.#refinements = new Map(refinements.map((refinement) => [refinement.component, refinement]));
  }

  /**
   * @param asked the number of the point that a client asked for, if it named one
   * @throws GradcheckError job-removed when the job's tensors are gone, invalid-query when there is no such point.
   */
  static async open(store: Store, jobId: string, asked: number | undefined): Promise<ComponentSource> {
    const payload = await store.jobs.payload(jobId);
    const numeric = await store.jobs.numeric(jobId);
    if (payload === undefined || numeric === undefined) throw removed(jobId);
    const spec = specFromJson(payload.spec);
    const point = requestedPoint(spec, asked);
    const values = await StoredGradients.open(store, jobId, {
      claimed: claimedNumbers(payload, spec),
      numeric,
      spec,
      point: point ?? 1,
    });
    const ofPoint = point === undefined ? spec : specAt(spec, point);
    const refinements = await values.readRefinements();
    return new ComponentSource(ofPoint, point, spec.points?.length, values, refinements);
  }

  /**
   * Visits the checked components from `from` up to, not including, `to`, in order, until `enough` says so after a
   * block.
   */
  async visit(from: number, to: number, visitor: ComponentVisitor, enough = () => false): Promise<void> {
    for (const [start, end] of blocksOf(from, to)) {
      const runs = this.#runsWithin(start, end);
      if (runs.length === 0) continue;
      const block = await this.#values.read(start, end);
      for (const run of runs) {
        for (let i = run.start - start; i < run.start - start + run.count; i++) {
          if (block.marks[i] !== UNCHECKED) visitor(start + i, valuesAt(block, i));
        }
      }
      if (enough()) return;
      await setImmediate();
    }
  }

  /** The numeric gradient of a parameter, block by block; NaN where not checked. */
  async *numeric({ offset, size }: Parameter): AsyncGenerator<Float64Array> {
    for (const [start, end] of blocksOf(offset, offset + size)) yield this.#values.readNumeric(start, end);
  }

  async valuesOf(component: number): Promise<ComponentValues> {
    return valuesAt(await this.#values.read(component, component + 1), 0);
  }

  /** The second look at a component, if there was one. */
  refinement(component: number): StoredRefinement | undefined {
    return this.#refinements.get(component);
  }

  #runsWithin(start: number, end: number): ComponentRun[] {
    const clipped: ComponentRun[] = [];
    for (let i = this.#firstRunEndingAfter(start); i < this.#runs.length && this.#runs[i].start < end; i++) {
      const run = this.#runs[i];
      const first = Math.max(run.start, start);
      clipped.push({ ...run, start: first, count: Math.min(run.start + run.count, end) - first });
    }
    return clipped;
  }

  #firstRunEndingAfter(component: number): number {
    let low = 0;
    let high = this.#runs.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const run = this.#runs[middle];
      if (run.start + run.count > component) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

interface ComponentBlock {
  readonly claimed: Float64Array;
  readonly numeric: Float64Array;
  readonly bounds: Float32Array;
  readonly marks: Uint8Array;
  /** By each method that was compared. */
  readonly compared: readonly Float64Array[];
  readonly settings: CheckSettings;
}

function valuesAt(block: ComponentBlock, i: number): ComponentValues {
  const { claimed, numeric, bounds, marks, settings } = block;
  const compared = methodValues(settings, block.compared, i);
  return { claimed: claimed[i], numeric: numeric[i], bound: bounds[i], ...readMark(marks[i]), compared };
}

/** Some numbers of a job that follow each other, of which more is stored. */
interface NumberRange {
  readonly numbers: Numbers;
  readonly start: number;
  /** Where they end, at the latest. */
  readonly end: number;
}

interface GradientPlace {
  /** At all of the job's points. */
  readonly claimed: Numbers;
  /** What `packGradients` made. */
  readonly numeric: Numbers;
  /** That of the job. */
  readonly spec: CheckSpec;
  /** From 1 on. */
  readonly point: number;
}

/** The claimed and the numeric gradient of a job at one of its points, in a store. */
class StoredGradients {
  readonly #store: Store;
  readonly #jobId: string;
  readonly #claimed: NumberRange;
  readonly #numeric: NumberRange;
  readonly #components: number;
  readonly #settings: CheckSettings;

  private constructor(
    store: Store,
    jobId: string,
    claimed: NumberRange,
    numeric: NumberRange,
    spec: CheckSpec,
  ) {
    this.#store = store;
    this.#jobId = jobId;
    this.#claimed = claimed;
    this.#numeric = numeric;
    this.#components = componentCount(spec);
    this.#settings = spec.settings;
  }

  static async open(store: Store, jobId: string, place: GradientPlace): Promise<StoredGradients> {
    const { claimed, numeric, spec, point } = place;
    const components = componentCount(spec);
    const ends = await sliceNumbers(numeric, store.tensors, 0, pointCount(spec));
    if (ends === undefined) throw removed(jobId);
    const start = (point - 1) * components;
    return new StoredGradients(
      store,
      jobId,
      { numbers: claimed, start, end: start + components },
      { numbers: numeric, ...packedPoint(ends, point) },
      spec,
    );
  }

  async read(start: number, end: number): Promise<ComponentBlock> {
    const claimed = await this.#slice(this.#claimed, start, end - start);
    const numeric = await this.readNumeric(start, end);
    const bounds = boundsRange(this.#components, start, end);
    const marks = marksRange(this.#components, start, end);
    const boundValues = await this.#slice(this.#numeric, bounds.offset, bounds.count);
    const markValues = await this.#slice(this.#numeric, marks.offset, marks.count);
    return {
      claimed,
      numeric,
      bounds: readBounds(boundValues, bounds.skip, end - start),
      marks: readMarks(markValues, marks.skip, end - start),
      compared: await this.#readCompared(start, end),
      settings: this.#settings,
    };
  }

  async readNumeric(start: number, end: number): Promise<Float64Array> {
    return this.#slice(this.#numeric, start, end - start);
  }

  async #readCompared(start: number, end: number): Promise<Float64Array[]> {
    const compared: Float64Array[] = [];
    for (let m = 0; m < this.#methods; m++) {
      const { offset, count } = comparedRange(this.#components, m, start, end);
      compared.push(await this.#slice(this.#numeric, offset, count));
    }
    return compared;
  }

  get #methods(): number {
    return this.#settings.compareMethods?.length ?? 0;
  }

  async readRefinements(): Promise<StoredRefinement[]> {
    // A slice ends where the numbers do.
    return readRefinements(
      await this.#slice(
        this.#numeric,
        refinedOffset(this.#components, this.#methods),
        Number.MAX_SAFE_INTEGER,
      ),
    );
  }

  async #slice(
    { numbers, start: first, end }: NumberRange,
    start: number,
    count: number,
  ): Promise<Float64Array> {
    const from = first + start;
    const values = await sliceNumbers(numbers, this.#store.tensors, from, Math.min(count, end - from));
    if (values === undefined) throw removed(this.#jobId);
    return values;
  }
}

/** Cuts a range at multiples of BLOCK, so that a block never spans two chunks of a tensor. */
function* blocksOf(from: number, to: number): Generator<[start: number, end: number]> {
  for (let start = from; start < to; ) {
    const end = Math.min(to, start - (start % BLOCK) + BLOCK);
    yield [start, end];
    start = end;
  }
}

function removed(jobId: string): GradcheckError {
  return new GradcheckError('job-removed', `job ${jobId} was removed`);
}
