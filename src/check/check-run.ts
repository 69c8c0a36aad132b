import type { ErrorCode } from '../errors/catalogue.ts';
import { type CheckJob, componentCount } from './check-job.ts';
import { compileJob } from './compile-job.ts';
import { foldReport } from './fold-report.ts';
import { reportParameter } from './parameter-report.ts';
import { planPrepare, planSweep } from './plan-stage.ts';
import type { ParameterReport, Report } from './report.ts';
import { type ComponentRun, selectedRuns } from './selection.ts';
import {
  forEachIndex,
  type PrepareResult,
  type ShardResult,
  type StageName,
  type StagePlan,
  type SweepResult,
} from './shard.ts';
import { type VerdictRule, verdictRule } from './verdict.ts';

/** Why a check cannot go on. */
export interface CheckFailure {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly data?: Readonly<Record<string, number | string>>;
}

/**
 * The state of one check: which stage to run now, what has come back, what follows from it. It runs nothing itself;
 * whoever drives it (a coordinator, the library) runs the shards of `nextPlan()` anywhere, in any order, and hands
 * the results to `accept`. What it answers depends on the results alone, never on their order.
 */
export class CheckRun {
  /** The numeric gradient laid out as θ; NaN where not (or not yet) checked. */
  readonly numeric: Float64Array;
  readonly #job: CheckJob;
  readonly #runs: readonly ComponentRun[];
  readonly #rule: VerdictRule;
  readonly #sweepPlan: StagePlan;
  readonly #reports: ParameterReport[] = [];
  /** Checked components of each parameter that have not come back. */
  readonly #missing: number[];
  /** The selected components of each parameter that has any, in the job's order. */
  readonly #runsOf: ReadonlyMap<number, readonly ComponentRun[]>;
  /** Positions of the parameters that have any, in the job's order. */
  readonly #checked: readonly number[];
  readonly #sweepDone = new Set<number>();
  #prepared: PrepareResult | undefined;
  #failure: CheckFailure | undefined;
  #completed = 0;
  #evaluations = 0;
  #taken = 0;

  constructor(job: CheckJob) {
    this.#job = job;
    this.numeric = new Float64Array(componentCount(job.spec)).fill(Number.NaN);
    this.#runs = selectedRuns(job.spec);
    this.#rule = verdictRule(job.spec.settings.componentTolerance, job.claimed);
    this.#sweepPlan = planSweep(job.spec, compileJob(job.spec)).plan;
    this.#runsOf = runsByParameter(this.#runs);
    this.#checked = [...this.#runsOf.keys()];
    this.#missing = job.spec.parameters.map((_, i) =>
      (this.#runsOf.get(i) ?? []).reduce((sum, run) => sum + run.count, 0),
    );
  }

  /** The plan of the stage to run now; undefined when every stage is done, or the check failed. */
  nextPlan(): StagePlan | undefined {
    if (this.#failure !== undefined) return undefined;
    if (this.#prepared === undefined) return planPrepare();
    return this.#sweepDone.size < this.#sweepPlan.shards.length ? this.#sweepPlan : undefined;
  }

  /** Takes one shard's result, in any order; the same shard again changes nothing. */
  accept(result: ShardResult): void {
    if (result.stage === 'prepare') this.#acceptPrepare(result);
    else this.#acceptSweep(result);
  }

  /** Components finished. */
  progress(): { readonly stage: StageName; readonly completed: number; readonly total: number } {
    const stage = this.#prepared === undefined ? 'prepare' : 'sweep';
    return { stage, completed: this.#completed, total: this.#sweepPlan.probes };
  }

  /** Reports of the parameters finished since the last call, in the job's order, each once. */
  takeFinishedParameters(): ParameterReport[] {
    this.#reportFinished();
    const finished = this.#reports.slice(this.#taken);
    this.#taken = this.#reports.length;
    return finished;
  }

  failure(): CheckFailure | undefined {
    return this.#failure;
  }

  /** The folded report. @throws Error before every stage is done. */
  report(durationMs: number): Report {
    if (this.#prepared === undefined || this.nextPlan() !== undefined)
      throw new Error('the check has not finished');
    this.#reportFinished();
    const findings = {
      cost: this.#prepared.cost,
      evaluations: this.#evaluations,
      numeric: this.numeric,
      runs: this.#runs,
      parameters: this.#reports,
    };
    return foldReport(this.#job, findings, durationMs);
  }

  #acceptPrepare(result: PrepareResult): void {
    if (this.#prepared !== undefined) return;
    this.#prepared = result;
    this.#evaluations += result.evaluations;
    this.#failure = costMismatch(this.#job.spec.cost, result.cost);
  }

  #acceptSweep(result: SweepResult): void {
    if (this.#sweepDone.has(result.index)) return;
    this.#sweepDone.add(result.index);
    this.#evaluations += result.evaluations;
    for (const { parameter, components, numeric } of result.entries) {
      const { offset } = this.#job.spec.parameters[parameter];
      forEachIndex(components, (component, position) => {
        this.numeric[offset + component] = numeric[position];
      });
      this.#missing[parameter] -= numeric.length;
      this.#completed += numeric.length;
    }
  }

  #reportFinished(): void {
    if (this.#prepared === undefined) return;
    const { parameters } = this.#job.spec;
    for (const position of this.#checked.slice(this.#reports.length)) {
      if (this.#missing[position] > 0) return;
      const runs = this.#runsOf.get(position) ?? [];
      this.#reports.push(
        reportParameter(parameters[position], runs, this.numeric, this.#job.claimed, this.#rule),
      );
    }
  }
}

function runsByParameter(runs: readonly ComponentRun[]): ReadonlyMap<number, readonly ComponentRun[]> {
  const groups = new Map<number, ComponentRun[]>();
  for (const run of runs) {
    const group = groups.get(run.parameter);
    if (group === undefined) groups.set(run.parameter, [run]);
    else group.push(run);
  }
  return groups;
}

/** How far the client's J may be from the service's, relative to max(1, |J|). */
const COST_TOLERANCE = 1e-8;

function costMismatch(claimed: number | undefined, computed: number): CheckFailure | undefined {
  if (claimed === undefined || !Number.isFinite(computed)) return undefined;
  if (Math.abs(claimed - computed) <= COST_TOLERANCE * Math.max(1, Math.abs(computed))) return undefined;
  return {
    code: 'cost-mismatch',
    detail: `the client's J is ${claimed}, the service's is ${computed}: the two do not compute the same cost, so their gradients cannot be compared`,
    data: { claimed, computed },
  };
}
