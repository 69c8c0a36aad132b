import { setImmediate } from 'node:timers/promises';
import { type CheckSpec, componentCount, type Parameter } from '../../check/check-job.ts';
import { type ComponentRun, selectedRuns } from '../../check/selection.ts';
import { specFromJson } from '../../check/spec-json.ts';
import { componentMark, crossedRange, readCrossed } from '../../check/stored-gradient.ts';
import { type VerdictRule, verdictRule } from '../../check/verdict.ts';
import { GradcheckError } from '../../errors/catalogue.ts';
import type { Store } from '../../jobs/store/job-store.ts';

/** Components read and judged at once: a few milliseconds of work, after which other requests get their turn. */
const BLOCK = 1 << 16;

/** Both gradients of one component, and whether a kink was crossed at it. */
export interface ComponentValues {
  readonly claimed: number;
  readonly numeric: number;
  readonly crossed: boolean;
}

/** Is called with a checked component, numbered in θ. */
export type ComponentVisitor = (component: number, values: ComponentValues) => void;

/** The components of one succeeded job, read from its stored tensors block by block. */
export class ComponentSource {
  readonly parameters: readonly Parameter[];
  readonly rule: VerdictRule;
  readonly #values: StoredGradients;
  readonly #runs: readonly ComponentRun[];

  private constructor(spec: CheckSpec, values: StoredGradients, rule: VerdictRule) {
    this.parameters = spec.parameters;
    this.rule = rule;
    this.#values = values;
    this.#runs = selectedRuns(spec);
  }

  /** @throws GradcheckError job-removed when the job's tensors are gone. */
  static async open(store: Store, jobId: string): Promise<ComponentSource> {
    const payload = await store.jobs.payload(jobId);
    const numeric = await store.jobs.numeric(jobId);
    if (payload === undefined || numeric === undefined) throw removed(jobId);
    const spec = specFromJson(payload.spec);
    const values = new StoredGradients(store, jobId, payload.tensors.claimed, numeric, componentCount(spec));
    return new ComponentSource(spec, values, await readRule(spec, values));
  }

  /**
   * Visits the checked components from `from` up to, not including, `to`, in order, until `enough` says so after a
   * block.
   */
  async visit(from: number, to: number, visitor: ComponentVisitor, enough = () => false): Promise<void> {
    for (const [start, end] of blocksOf(from, to)) {
      const runs = this.#runsWithin(start, end);
      if (runs.length === 0) continue;
      const { claimed, numeric, crossed } = await this.#values.read(start, end);
      for (const run of runs) {
        for (let i = run.start - start; i < run.start - start + run.count; i++) {
          if (crossed[i] === componentMark.unchecked) continue;
          visitor(start + i, {
            claimed: claimed[i],
            numeric: numeric[i],
            crossed: crossed[i] === componentMark.crossed,
          });
        }
      }
      if (enough()) return;
      await setImmediate();
    }
  }

  async valuesOf(component: number): Promise<ComponentValues> {
    const { claimed, numeric, crossed } = await this.#values.read(component, component + 1);
    return { claimed: claimed[0], numeric: numeric[0], crossed: crossed[0] === componentMark.crossed };
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

/** The claimed and the numeric gradient of a job, in a store. */
class StoredGradients {
  readonly #store: Store;
  readonly #jobId: string;
  readonly #claimed: string;
  readonly #numeric: string;
  readonly #components: number;

  constructor(store: Store, jobId: string, claimed: string, numeric: string, components: number) {
    this.#store = store;
    this.#jobId = jobId;
    this.#claimed = claimed;
    this.#numeric = numeric;
    this.#components = components;
  }

  async read(start: number, end: number) {
    const claimed = await this.readClaimed(start, end);
    const numeric = await this.#slice(this.#numeric, start, end - start);
    const { offset, count, skip } = crossedRange(this.#components, start, end);
    const crossed = readCrossed(await this.#slice(this.#numeric, offset, count), skip, end - start);
    return { claimed, numeric, crossed };
  }

  async readClaimed(start: number, end: number): Promise<Float64Array> {
    return this.#slice(this.#claimed, start, end - start);
  }

  async #slice(id: string, start: number, count: number): Promise<Float64Array> {
    const values = await this.#store.tensors.slice(id, start, count);
    if (values === undefined) throw removed(this.#jobId);
    return values;
  }
}

/** The verdict rule depends on the largest claimed component; the largest of the blocks' rules is the job's. */
async function readRule(spec: CheckSpec, values: StoredGradients): Promise<VerdictRule> {
  const { componentTolerance } = spec.settings;
  let rule = verdictRule(componentTolerance, new Float64Array(0));
  for (const [start, end] of blocksOf(0, componentCount(spec))) {
    const ofBlock = verdictRule(componentTolerance, await values.readClaimed(start, end));
    if (ofBlock.absolute > rule.absolute) rule = ofBlock;
    await setImmediate();
  }
  return rule;
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
