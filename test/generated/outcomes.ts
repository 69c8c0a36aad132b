import type { CheckJob, Parameter } from '../../src/check/check-job.ts';
import type { ParameterReport, Report, Verdict } from '../../src/check/report/report.ts';
import type { Strategy } from '../../src/check/settings.ts';
import { largestMagnitude } from '../../src/check/verdict/precision.ts';
import { fromJsonNumber } from '../../src/tensors/json-number.ts';
import { type Shape, sizeOf } from '../../src/tensors/tensor.ts';
import { checkGradients } from '../fixtures/on-kernels.ts';
import type { BugSite } from './bug-site.ts';
import type { Nested } from './networks/draws.ts';
import { families } from './networks/families.ts';
import type { PlantedBug } from './planted-bugs.ts';
import type { RandomNetwork } from './random-network.ts';
import type { RightVariant } from './right-variants.ts';

/** What came of a right gradient. */
export interface RightOutcome {
  readonly variant: string;
  readonly family: string;
  readonly hasFailed: boolean;
  readonly components: number;
  readonly inconclusive: number;
  readonly isSaturated: boolean;
  readonly reproduction: string;
}

/** What came of a planted bug that moved a component by more than is said to be detectable. */
export interface BugOutcome {
  readonly bug: string;
  readonly family: string;
  /** `pass` when any component that it moved passed; `fail` when every parameter that it moved failed. */
  readonly verdict: Verdict;
  readonly isNamed: boolean;
  readonly reproduction: string;
}

/** Undefined where the network has no such variant. */
export async function rightOutcome(variant: RightVariant, site: BugSite): Promise<RightOutcome | undefined> {
  const { seed, family, isSaturated } = site.network;
  const claim = variant.claim(site);
  if (claim === undefined) return undefined;
  const { job, claimed } = claim;
  const strategy = strategyOf(seed);
  const { verdict, components } = await check(job, claimed, strategy);
  return {
    variant: variant.name,
    family,
    hasFailed: verdict === 'fail' || components.failed > 0,
    components: components.checked,
    inconclusive: components.inconclusive,
    isSaturated,
    reproduction: reproduction(`${variant.name}, ${strategy}`, site.network, claimed),
  };
}

/** Undefined where the network cannot have the bug, or where nothing moves by as much as could be found. */
export async function bugOutcome(bug: PlantedBug, site: BugSite): Promise<BugOutcome | undefined> {
  const { network, right } = site;
  const claimed = bug.plant(site);
  if (claimed === undefined) return undefined;
  const strategy = strategyOf(network.seed + bug.name.length);
  const report = await check(network.job, claimed, strategy);
  const moved = network.job.spec.parameters.flatMap((parameter) => {
    const own = report.parameters.find(({ name }) => name === parameter.name);
    const count = own === undefined ? 0 : movedComponents(parameter, right, claimed, own);
    return own === undefined || count === 0 ? [] : [{ own, verdict: verdictOn(count, own) }];
  });
  if (moved.length === 0) return undefined;
  // The one with most components tells most.
  const { own } = moved.reduce((a, b) => (b.own.components.total > a.own.components.total ? b : a));
  const [first] = own.diagnoses ?? [];
  const verdicts = moved.map(({ verdict }) => verdict);
  return {
    bug: bug.name,
    family: network.family,
    verdict: (['pass', 'inconclusive'] as const).find((each) => verdicts.includes(each)) ?? 'fail',
    isNamed: first !== undefined && bug.isNamed(first.cause),
    reproduction: reproduction(`${bug.name}, ${strategy}`, network, claimed),
  };
}

/** What rounds off in a derivative, as a share of the gradient's largest component: no bug moves less. */
const ROUNDING = 1e-12;

/** How many components of a parameter moved by more than would have been found in any that passed. */
function movedComponents(
  { offset, size }: Parameter,
  right: Float64Array,
  claimed: Float64Array,
  { detectable }: ParameterReport,
): number {
  const least = Math.max(fromJsonNumber(detectable), ROUNDING * largestMagnitude(right));
  return right
    .subarray(offset, offset + size)
    .filter((value, i) => Math.abs(value - claimed[offset + i]) > least).length;
}

/** If more components moved than did not pass, one that moved did. */
function verdictOn(moved: number, { verdict, components }: ParameterReport): Verdict {
  if (moved > components.failed + components.inconclusive) return 'pass';
  return verdict === 'fail' ? 'fail' : 'inconclusive';
}

/** Every family is checked by both strategies in turn. */
function strategyOf(seed: number): Strategy {
  return Math.floor(seed / families.length) % 2 === 0 ? 'weight-perturbation' : 'node-perturbation';
}

function check(job: CheckJob, claimed: Float64Array, strategy: Strategy): Promise<Report> {
  const { spec } = job;
  return checkGradients({ ...job, claimed, spec: { ...spec, settings: { ...spec.settings, strategy } } });
}

/** The case in words, and its document with what it claims. */
function reproduction(what: string, { seed, document, job }: RandomNetwork, claimed: Float64Array): string {
  const gradients = Object.fromEntries(
    job.spec.parameters.map(({ name, shape, offset }) => [name, nestedAt(claimed, offset, shape)]),
  );
  return `SEEDS=${seed}..${seed} (${what}): ${JSON.stringify({ ...document, gradients })}`;
}

function nestedAt(values: Float64Array, offset: number, [length, ...rest]: Shape): Nested {
  if (length === undefined) return values[offset];
  return Array.from({ length }, (_, i) => nestedAt(values, offset + i * sizeOf(rest), rest));
}
