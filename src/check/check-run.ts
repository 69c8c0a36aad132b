import type { ErrorCode } from '../errors/catalogue.ts';
import type { CheckJob } from './check-job.ts';
import { type CompiledJob, compileJob } from './compile-job.ts';
import { comparedProjections, reportDirections } from './directional/direction-report.ts';
import { Localisation } from './directional/localisation.ts';
import { foldReport } from './fold-report.ts';
import { comparedComponents, reportParameter } from './parameter-report.ts';
import { planPrepare, planRefine } from './plan-stage.ts';
import type { ComparedPairs } from './relative-difference.ts';
import type { ParameterReport, Report } from './report.ts';
import { type ComponentRun, runsByParameter, selectedRuns } from './selection.ts';
import type { PrepareResult, ShardResult, StageName, StagePlan, SweepResult } from './shard.ts';
import { countComponents } from './sweep-block.ts';
import { SweepState } from './sweep-state.ts';
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
  readonly #job: CheckJob;
  readonly #compiled: CompiledJob;
  readonly #runs: readonly ComponentRun[];
  /** The selected components of each parameter that has any, in the job's order. */
  readonly #runsOf: ReadonlyMap<number, readonly ComponentRun[]>;
  readonly #rule: VerdictRule;
  readonly #sweep: SweepState;
  readonly #localisation: Localisation;
  readonly #reports: ParameterReport[] = [];
  readonly #refineDone = new Set<number>();
  #prepared: PrepareResult | undefined;
  #refinePlan: StagePlan | undefined;
  /** Parameters that the refine stage has to do with. */
  #refined: ReadonlySet<number> = new Set();
  #failure: CheckFailure | undefined;
  #evaluations = 0;
  #taken = 0;

  constructor(job: CheckJob) {
    this.#job = job;
    this.#compiled = compileJob(job.spec);
    this.#runs = selectedRuns(job.spec);
    this.#runsOf = runsByParameter(this.#runs);
    this.#rule = verdictRule(job.spec.settings.componentTolerance, job.claimed);
    this.#sweep = new SweepState(job.spec, this.#compiled, this.#runsOf);
    this.#localisation = new Localisation(job, this.#compiled, this.#rule, this.#sweep);
  }

  /** The numeric gradient laid out as θ; NaN where not checked. Not to be relied on before the last stage is done. */
  get numeric(): Float64Array {
    return this.#sweep.numeric;
  }

  /** The mark of each component, laid out as θ: see `componentMark`. */
  get crossed(): Uint8Array {
    return this.#sweep.crossed;
  }

  /** The plan of the stage to run now; undefined when every stage is done, or the check failed. */
  nextPlan(): StagePlan | undefined {
    if (this.#failure !== undefined) return undefined;
    if (this.#prepared === undefined && !this.#isOneShard) return planPrepare();
    if (!this.#sweep.isComplete) return this.#sweep.plan;
    const refine = this.#planRefine();
    if (this.#refineDone.size < refine.shards.length) return refine;
    return this.#localisation.nextPlan();
  }

  /** Takes one shard's result, in any order; the same shard again changes nothing. */
  accept(result: ShardResult): void {
    if (result.stage === 'prepare') this.#acceptPrepare(result);
    else if (result.stage === 'sweep') this.#acceptSweep(result);
    else if (result.stage === 'bisect') {
      if (this.#sweep.isComplete && this.#localisation.accept(result))
        this.#evaluations += result.evaluations;
    } else if (!this.#refineDone.has(result.index)) {
      this.#refineDone.add(result.index);
      this.#evaluations += result.evaluations;
      for (const entry of result.entries) this.#sweep.replace(entry);
    }
  }

  /** Components finished; the units of a layer count as their share of the components. */
  progress(): { readonly stage: StageName; readonly completed: number; readonly total: number } {
    const total = countComponents(this.#runs);
    const isPrepared = this.#prepared !== undefined || this.#isOneShard;
    const later = this.#sweep.isComplete ? this.nextPlan()?.stage : undefined;
    const stage = isPrepared ? (later ?? 'sweep') : 'prepare';
    return { stage, completed: Math.floor(total * this.#sweep.share), total };
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
      components: countComponents(this.#runs),
      compared: this.#compared,
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
    if (!this.#sweep.accept(result)) return;
    this.#evaluations += result.evaluations;
    this.#localisation.begin(result.projections ?? []);
    if (this.#isOneShard && result.cost !== undefined) {
      this.#acceptPrepare({ stage: 'prepare', index: 0, cost: result.cost, evaluations: 1 });
    }
  }

  /** Whether the job is so small that one shard finds J at θ and everything else. */
  get #isOneShard(): boolean {
    return this.#sweep.plan.shards.length === 1;
  }

  /** Once the sweep is complete: what it left doubtful. */
  #planRefine(): StagePlan {
    if (this.#refinePlan === undefined) {
      const runs = [...this.#runsOf.keys()].flatMap((parameter) => this.#sweep.doubtful(parameter));
      this.#refined = new Set(runs.map(({ parameter }) => parameter));
      this.#refinePlan = planRefine(this.#compiled, runs);
    }
    return this.#refinePlan;
  }

  #reportFinished(): void {
    if (this.#prepared === undefined || this.#failure !== undefined) return;
    const checked = [...this.#runsOf];
    for (const [parameter, runs] of checked.slice(this.#reports.length)) {
      if (!this.#isFinished(parameter)) return;
      this.#reports.push(this.#report(parameter, runs));
    }
  }

  #report(parameter: number, runs: readonly ComponentRun[]): ParameterReport {
    const audit = this.#sweep.audit(parameter);
    const bisection = this.#localisation.of(parameter);
    const ofComponents = reportParameter({
      parameter: this.#job.spec.parameters[parameter],
      runs: bisection?.checked.all ?? runs,
      numeric: this.numeric,
      claimed: this.#job.claimed,
      crossed: this.#sweep.crossed,
      rule: this.#rule,
      strategy: audit?.agreed === false ? 'weight-perturbation' : this.#compiled.strategies[parameter],
      audit,
    });
    return bisection === undefined ? ofComponents : reportDirections(ofComponents, bisection, this.#rule);
  }

  /** What of the whole gradient is held against each other. */
  readonly #compared: ComparedPairs = (visit) => {
    for (const [parameter, runs] of this.#runsOf) {
      const bisection = this.#localisation.of(parameter);
      const pairs =
        bisection === undefined
          ? comparedComponents(runs, this.numeric, this.#job.claimed)
          : comparedProjections(bisection);
      pairs(visit);
    }
  };

  #isFinished(parameter: number): boolean {
    if (!this.#sweep.hasAllOf(parameter)) return false;
    const bisection = this.#localisation.of(parameter);
    if (bisection !== undefined) return bisection.isOver;
    if (this.#sweep.isComplete) {
      const left = this.nextPlan() !== undefined;
      return !(left && this.#refined.has(parameter));
    }
    return this.#sweep.doubtful(parameter).length === 0;
  }
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
