import { type CheckJob, componentCount } from '../../src/check/check-job.ts';
import { estimate } from '../../src/check/plan/estimate.ts';
import type { CheckSettings, ComponentSelection, Strategy } from '../../src/check/settings.ts';
import type { Executor } from '../../src/jobs/executor/executor.ts';
import { checkDocumentSchema } from '../../src/models/check-document.ts';
import { median } from '../median.ts';
import type { Contender, Timing } from './contender.ts';
import { withSettings } from './row.ts';
import { timedCheck } from './timed-check.ts';

/** A run is repeated for so long and the median of the later half of the checks is taken, if that is more than one. */
const WARM_SECONDS = 1;

/** Every strategy that a job document may name. */
export const strategies: readonly Strategy[] = checkDocumentSchema.shape.strategy
  .unwrap()
  .options.filter((strategy) => strategy !== 'auto');

/** One of our strategies on the service's own threads. */
export class StrategyContender implements Contender {
  readonly name: CheckSettings['strategy'];
  readonly threads: number;
  /** Which components are checked; a sample where all of them would take too long. */
  readonly components: ComponentSelection;
  /** Floating-point operations of a check of all components, by the planner's static count. */
  readonly flops: number;
  readonly #executor: Executor;
  readonly #job: CheckJob;
  /** How many times the work of the job a check of all components is, by the same count. */
  readonly #share: number;

  /** @param executor warm: it has run jobs of this strategy before */
  constructor(
    executor: Executor,
    job: CheckJob,
    strategy: CheckSettings['strategy'],
    components: ComponentSelection,
  ) {
    this.name = strategy;
    this.threads = executor.capacity();
    this.components = components;
    this.flops = estimate(withSettings(job, { strategy }).spec).flops;
    this.#executor = executor;
    this.#job = withSettings(job, { strategy, components });
    // Not the share of the components: a sample holds at least one of every parameter, and they differ in work.
    this.#share = components === 'all' ? 1 : this.flops / estimate(this.#job.spec).flops;
  }

  async run(): Promise<Timing> {
    const reports = [await timedCheck(this.#executor, this.#job)];
    const until = performance.now() + WARM_SECONDS * 1000;
    while (performance.now() < until) reports.push(await timedCheck(this.#executor, this.#job));
    // The later half: by then the threads have compiled what this network needs, as in a service that stays up.
    const warm = reports.slice(reports.length >> 1);
    const [{ components, settings, verdict }] = warm;
    const durationMs = median(warm.map((report) => report.durationMs));
    if (this.name !== 'auto' && settings.strategy !== this.name)
      throw new Error(`${this.name} was run as ${settings.strategy}`);
    const { checked, failed, inconclusive } = components;
    const seconds = durationMs / 1000;
    const found = verdict === 'pass' ? 'pass' : `${verdict} (${failed} failed, ${inconclusive} inconclusive)`;
    return { components: checked, seconds, wholeSeconds: seconds * this.#share, found };
  }
}

/** How long a run may take. */
export interface RunBudget {
  /** A check of all components that needs no more is run whole. */
  readonly wholeSeconds: number;
  /** Of any other, a sample that takes about so long. */
  readonly sampleSeconds: number;
  /** Where no sample will do, the check is run whole if its static estimate is no more. */
  readonly estimatedSeconds: number;
}

/** Estimated seconds of the pilot. */
const PILOT_SECONDS = 1;
const MOST_PILOT = 512;
/** A sample holds at least one component of every parameter. */
const LEAST_SAMPLE = 8;

/**
 * Chooses the components that can be checked within the budget, by the pace of a pilot run.
 * @returns undefined when the strategy takes too long and no sample would show what it can do
 */
export async function affordableComponents(
  executor: Executor,
  job: CheckJob,
  strategy: CheckSettings['strategy'],
  budget: RunBudget,
): Promise<ComponentSelection | undefined> {
  const total = componentCount(job.spec);
  const whole = estimate(withSettings(job, { strategy }).spec);
  const pilotSize = Math.floor((total * PILOT_SECONDS) / whole.seconds);
  const components = { sample: Math.min(MOST_PILOT, Math.max(LEAST_SAMPLE, pilotSize)) };
  const pilot = withSettings(job, { strategy, components });
  const planned = estimate(pilot.spec);
  // A few components of a layer do not pay for moving its units, so a sample is not checked as the whole is.
  if (planned.strategy !== whole.strategy)
    return whole.seconds <= budget.estimatedSeconds ? 'all' : undefined;
  const { durationMs } = await timedCheck(executor, pilot);
  const wholeSeconds = (durationMs / 1000) * (whole.flops / planned.flops);
  if (wholeSeconds <= budget.wholeSeconds) return 'all';
  return { sample: Math.max(LEAST_SAMPLE, Math.floor((total * budget.sampleSeconds) / wholeSeconds)) };
}
