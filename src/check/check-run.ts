import { Lazy } from '../graph/lazy.ts';
import type { CheckJob } from './check-job.ts';
import { compareMethods } from './comparison/method-comparison.ts';
import { type CompiledJob, compileJob } from './compile-job.ts';
import { diagnosedParameters } from './diagnosis/diagnosed-parameters.ts';
import { Inquiry } from './diagnosis/inquiry.ts';
import { reportDirections } from './directional/direction-report.ts';
import { Localisation } from './directional/localisation.ts';
import { atOnce, type Piecewise } from './piecewise.ts';
import { overallStrategy } from './plan/check-plan.ts';
import { planPrepare, planRefine } from './plan/plan-stage.ts';
import { type ComponentRun, runsByParameter, selectedRuns } from './plan/selection.ts';
import { countComponents } from './plan/sweep-block.ts';
import { joinPreparation } from './preparation.ts';
import { foldReport } from './report/fold-report.ts';
import { type ReportedParameter, reportParameter } from './report/parameter-report.ts';
import type { ParameterReport, Report } from './report/report.ts';
import type { Preparation, PrepareResult, ShardResult, StageName, StagePlan, SweepResult } from './shard.ts';
import { blankGradient } from './sweep/blank-gradient.ts';
import { isCoarse } from './sweep/differences.ts';
import { evenly, mostRefined } from './sweep/refined-share.ts';
import { SweepState } from './sweep/sweep-state.ts';
import { UNCHECKED } from './verdict/component-marks.ts';
import type { Conclusions } from './verdict/conclusions.ts';
import { type CheckFailure, costMismatch } from './verdict/cost-mismatch.ts';
import { ParameterJudgement } from './verdict/parameter-judgement.ts';
import { claimedTraits, costTolerance, type Precision, precisionOf } from './verdict/precision.ts';

/**
 * The state of one check: which stage to run now, what has come back, what follows from it. It runs nothing itself;
 * whoever drives it (a coordinator, the library) runs the shards of `nextPlan()` anywhere, in any order, and hands
 * the results to `accept`. What it answers depends on the results alone, never on their order.
 */
export class CheckRun {
  /** What was concluded of every component. Whole once the last stage is done and the report was asked for. */
  readonly conclusions: Conclusions;
  readonly #job: CheckJob;
  readonly #compiled: CompiledJob;
  readonly #runs: readonly ComponentRun[];
  /** The selected components of each parameter that has any, in the job's order. */
  readonly #runsOf: ReadonlyMap<number, readonly ComponentRun[]>;
  readonly #precisions: readonly Precision[];
  readonly #sweep: SweepState;
  readonly #localisation: Localisation;
  readonly #reported: ReportedParameter[] = [];
  readonly #refineDone = new Set<number>();
  readonly #preparePlan = new Lazy(() => planPrepare(this.#compiled));
  readonly #preparing = new Map<number, PrepareResult>();
  #prepared: Preparation | undefined;
  #sweepPlan: StagePlan | undefined;
  #refinePlan: StagePlan | undefined;
  /** Parameters that the refine stage has to do with. */
  #refined: ReadonlySet<number> = new Set();
  readonly #doubtfulRuns = new Map<number, readonly ComponentRun[]>();
  /** Why the gradient is wrong, once it is known to be. */
  #inquiry: Inquiry | undefined;
  #failure: CheckFailure | undefined;
  /** That of the plan made last. */
  #stage: StageName = 'sweep';
  #evaluations = 0;
  #taken = 0;

  /** As the constructor, piece by piece. */
  static *opening(job: CheckJob): Piecewise<CheckRun> {
    const runs = selectedRuns(job.spec);
    return new CheckRun(job, runs, yield* blankGradient(job.spec, runs));
  }

  /** The parameters but the first are there for `opening`. */
  constructor(job: CheckJob, runs = selectedRuns(job.spec), blank = atOnce(blankGradient(job.spec, runs))) {
    this.#job = job;
    this.#compiled = compileJob(job.spec);
    this.#runs = runs;
    this.#runsOf = runsByParameter(runs);
    const traits = claimedTraits(job.claimed);
    this.#precisions = job.spec.parameters.map(({ offset, size, claimedDtype }) =>
      precisionOf(
        claimedDtype,
        job.claimed.subarray(offset, offset + size),
        job.spec.settings.componentTolerance,
        traits,
      ),
    );
    this.#sweep = new SweepState(job, this.#compiled, this.#runsOf, blank);
    const { numeric, refinements, compared } = this.#sweep;
    this.conclusions = {
      numeric,
      compared,
      refinements,
      bounds: new Float32Array(numeric.length),
      marks: new Uint8Array(numeric.length),
    };
    this.#localisation = new Localisation(job, this.#compiled, this.#precisions, this.#sweep);
    for (const [parameter, runs] of this.#runsOf) {
      if (this.#localisation.of(parameter) === undefined) continue;
      for (const { start, count } of runs) this.conclusions.marks.fill(UNCHECKED, start, start + count);
    }
  }

  /** The numeric gradient laid out as θ; NaN where not checked. Not to be relied on before the last stage is done. */
  get numeric(): Float64Array {
    return this.#sweep.numeric;
  }

  /** The plan of the stage to run now; undefined when every stage is done, or the check failed. */
  nextPlan(): StagePlan | undefined {
    return atOnce(this.planning());
  }

  /** As `nextPlan`, piece by piece. */
  *planning(): Piecewise<StagePlan | undefined> {
    if (this.#failure !== undefined) return undefined;
    const plan = (yield* this.#planChecking()) ?? (yield* this.#inquire())?.nextPlan();
    if (plan !== undefined) this.#stage = plan.stage;
    return plan;
  }

  /** The stage to run now of those that decide the verdict. */
  *#planChecking(): Piecewise<StagePlan | undefined> {
    if (!this.#sweep.isComplete) return this.#planSweep();
    const refine = yield* this.#planRefine();
    if (this.#refineDone.size < refine.shards.length) return refine;
    return this.#localisation.nextPlan();
  }

  /** Takes one shard's result, in any order; the same shard again changes nothing. */
  accept(result: ShardResult): void {
    if (result.stage === 'prepare') {
      this.#acceptPreparation(result);
    } else if (result.stage === 'sweep') {
      this.#acceptSweep(result);
    } else if (result.stage === 'bisect') {
      if (this.#sweep.isComplete && this.#localisation.accept(result))
        this.#evaluations += result.evaluations;
    } else if (result.stage === 'diagnose') {
      if (atOnce(this.#inquire())?.accept(result)) this.#evaluations += result.evaluations;
    } else if (!this.#refineDone.has(result.index)) {
      this.#refineDone.add(result.index);
      this.#evaluations += result.evaluations;
      for (const entry of result.entries) this.#sweep.replace(entry);
    }
  }

  /** The stage planned last, and the components finished; the units of a layer count as their share of them. */
  progress(): { readonly stage: StageName; readonly completed: number; readonly total: number } {
    const total = countComponents(this.#runs);
    return { stage: this.#stage, completed: Math.floor(total * this.#sweep.share), total };
  }

  /** Reports of the parameters finished since the last call, in the job's order, each once. */
  takeFinishedParameters(): ParameterReport[] {
    return atOnce(this.takingFinishedParameters());
  }

  /** As `takeFinishedParameters`, piece by piece. */
  *takingFinishedParameters(): Piecewise<ParameterReport[]> {
    yield* this.#reportFinished();
    const finished = this.#reported.slice(this.#taken).map(({ report }) => report);
    this.#taken = this.#reported.length;
    return finished;
  }

  failure(): CheckFailure | undefined {
    return this.#failure;
  }

  /** The folded report. @throws Error before every stage is done. */
  report(durationMs: number): Report {
    if (this.#prepared === undefined || this.nextPlan() !== undefined)
      throw new Error('the check has not finished');
    atOnce(this.#reportFinished());
    const findings = {
      ...this.#prepared,
      evaluations: this.#evaluations,
      conclusions: this.conclusions,
      components: countComponents(this.#runs),
      parameters: this.#reported,
      inquiry: this.#inquiry,
    };
    return foldReport(this.#job, findings, durationMs);
  }

  /**
   * Begins to ask why, once every verdict is known and one of them is fail. Not where parameters were checked along
   * directions: causes are told by all components together.
   */
  *#inquire(): Piecewise<Inquiry | undefined> {
    if (this.#inquiry !== undefined || this.#prepared === undefined) return this.#inquiry;
    if ((yield* this.#planChecking()) !== undefined) return undefined;
    yield* this.#reportFinished();
    const verdicts = new Map(this.#reported.map(({ report }) => [report.name, report.verdict]));
    const fails = this.#reported.some(({ report }) => report.verdict === 'fail');
    if (!fails || overallStrategy(this.#compiled.strategies) === 'directional') return undefined;
    const parameters = diagnosedParameters(this.#job, verdicts, this.conclusions);
    this.#inquiry = new Inquiry(this.#job, this.#compiled, parameters, this.#prepared.noise);
    return this.#inquiry;
  }

  #acceptPreparation(result: PrepareResult): void {
    if (this.#preparing.has(result.index)) return;
    this.#preparing.set(result.index, result);
    this.#evaluations += result.evaluations;
    if (this.#preparing.size === this.#preparePlan.value.shards.length)
      this.#prepare(joinPreparation(this.#preparing.values()));
  }

  #prepare(prepared: Preparation): void {
    this.#prepared = prepared;
    this.#sweep.setNoise(prepared.noise);
    this.#localisation.setNoise(prepared.noise);
    this.#failure = costMismatch(this.#job.spec.cost, prepared.cost, costTolerance(this.#precisions));
  }

  #acceptSweep(result: SweepResult): void {
    if (result.prepared !== undefined && this.#prepared === undefined) this.#prepare(result.prepared);
    if (!this.#sweep.accept(result)) return;
    this.#evaluations += result.evaluations;
    this.#localisation.begin(result.projections ?? []);
  }

  /** The sweep, or what must be known before it. */
  #planSweep(): StagePlan {
    const { plan } = this.#sweep;
    if (this.#isOneShard) return plan;
    if (this.#prepared === undefined) return this.#preparePlan.value;
    const { noise } = this.#prepared;
    this.#sweepPlan ??= { ...plan, shards: plan.shards.map((shard) => ({ ...shard, noise })) };
    return this.#sweepPlan;
  }

  /** Whether the job is so small that one shard finds J at θ and everything else. */
  get #isOneShard(): boolean {
    return this.#sweep.plan.shards.length === 1;
  }

  /** Once the sweep is complete: what it left doubtful. */
  *#planRefine(): Piecewise<StagePlan> {
    if (this.#refinePlan === undefined) {
      const noise = this.#prepared?.noise ?? [];
      const runs: ComponentRun[] = [];
      for (const parameter of this.#runsOf.keys()) {
        for (const run of yield* this.#doubtful(parameter)) runs.push(run);
      }
      this.#refined = new Set(runs.map(({ parameter }) => parameter));
      this.#refinePlan = planRefine(this.#compiled, runs, noise);
    }
    return this.#refinePlan;
  }

  /**
   * The components of a parameter that node-perturbation has left doubtful: all, when its audit disagreed, or those
   * that do not clearly pass, as many of them as fit the work. They are to be moved by themselves.
   */
  *#doubtful(parameter: number): Piecewise<readonly ComponentRun[]> {
    const known = this.#doubtfulRuns.get(parameter);
    if (known !== undefined) return known;
    const doubtful = yield* this.#findDoubtful(parameter);
    this.#doubtfulRuns.set(parameter, doubtful);
    return doubtful;
  }

  *#findDoubtful(parameter: number): Piecewise<readonly ComponentRun[]> {
    const runs = this.#runsOf.get(parameter) ?? [];
    if (this.#compiled.strategies[parameter] !== 'node-perturbation') return [];
    if (this.#sweep.audit(parameter)?.agreed === false || isCoarse(this.#job.spec.settings)) return runs;
    const largest = this.#sweep.largestUncrossed(parameter);
    const unclear = yield* this.#judgement(parameter, largest).unclear(parameter, runs);
    return evenly(unclear, mostRefined(this.#compiled, parameter));
  }

  #judgement(parameter: number, largest?: number): ParameterJudgement {
    const precision = this.#precisions[parameter];
    return new ParameterJudgement(this.#sweep, parameter, this.#job.claimed, precision, largest);
  }

  *#reportFinished(): Piecewise<void> {
    if (this.#prepared === undefined || this.#failure !== undefined) return;
    const checked = [...this.#runsOf];
    for (const [parameter, runs] of checked.slice(this.#reported.length)) {
      if (!(yield* this.#isFinished(parameter))) return;
      this.#reported.push(yield* this.#report(parameter, runs));
    }
  }

  *#report(parameter: number, runs: readonly ComponentRun[]): Piecewise<ReportedParameter> {
    const { noise = [] } = this.#prepared ?? {};
    const compared = yield* compareMethods(this.#job, runs, this.#sweep.compared, noise[parameter]);
    const audit = this.#sweep.audit(parameter);
    const bisection = this.#localisation.of(parameter);
    const ofComponents = yield* reportParameter({
      parameter: this.#job.spec.parameters[parameter],
      settings: this.#job.spec.settings,
      runs: bisection?.checked.all ?? runs,
      judgement: this.#judgement(parameter),
      conclusions: this.conclusions,
      claimed: this.#job.claimed,
      strategy: audit?.agreed === false ? 'weight-perturbation' : this.#compiled.strategies[parameter],
      audit,
      compared,
    });
    return bisection === undefined ? ofComponents : reportDirections(ofComponents, bisection);
  }

  *#isFinished(parameter: number): Piecewise<boolean> {
    if (!this.#sweep.hasAllOf(parameter)) return false;
    const bisection = this.#localisation.of(parameter);
    if (bisection !== undefined) return bisection.isOver;
    if (this.#sweep.isComplete) {
      const left = (yield* this.#planChecking()) !== undefined;
      return !(left && this.#refined.has(parameter));
    }
    return (yield* this.#doubtful(parameter)).length === 0;
  }
}
