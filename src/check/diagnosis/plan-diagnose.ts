import { type Activation, activationsBetween } from '../../graph/activations.ts';
import type { CheckSpec } from '../check-job.ts';
import type { CompiledJob } from '../compile-job.ts';
import type { Noise } from '../noise/noise.ts';
import { cutRanges } from '../plan/plan-stage.ts';
import { flopsOf } from '../plan/sweep-block.ts';
import type { DiagnoseShard, StagePlan } from '../shard.ts';
import type { DiagnosedParameter } from './diagnosed-parameter.ts';
import { Evidence } from './evidence.ts';
import { type SlopeTask, sliceSlopeTasks } from './slope-task.ts';

/** Activations that are tried, the likeliest first. */
const MOST_ACTIVATIONS = 8;
/** Components of a parameter that are looked at: so many failing ones, and a quarter as many that agree. */
const MOST_FAILING = 256;
const LEAST_FAILING = 8;
const AGREEING_SHARE = 1 / 4;
/** All of it may take so many floating-point operations, or such a share of the sweep's. */
const LEAST_WORK = 1e8;
const MOST_SHARE = 0.5;

/** What the plan is made from. */
export interface Unexplained {
  readonly spec: CheckSpec;
  readonly compiled: CompiledJob;
  readonly noise: readonly Noise[];
  /** Every parameter that was checked. */
  readonly parameters: readonly DiagnosedParameter[];
  /** Names of the failing ones that nothing explains yet. */
  readonly unexplained: readonly string[];
}

/**
 * The stage that differentiates J with one activation's slope taken for 1, at a sample of the components of each
 * failing parameter behind it. No shards when there is no activation to blame.
 */
export function planDiagnose(asked: Unexplained): StagePlan {
  const { compiled, noise } = asked;
  const tasks = planTasks(asked);
  const ranges = cutRanges(
    tasks.map(({ parameter, components }) => ({
      probes: components.length,
      flopsPerProbe: flopsPerPair(compiled, parameter),
    })),
  );
  const shards = ranges.map(({ start, count, flops }, index): DiagnoseShard => {
    const own = sliceSlopeTasks(tasks, start, count);
    return { stage: 'diagnose', index, start, count, flops, noise, tasks: own };
  });
  return { stage: 'diagnose', shards, probes: tasks.reduce((sum, task) => sum + task.components.length, 0) };
}

function planTasks({ spec, compiled, parameters, unexplained }: Unexplained): SlopeTask[] {
  const blamed = likeliest(spec, parameters, unexplained).slice(0, MOST_ACTIVATIONS);
  const wanted = blamed.flatMap(({ activation, behind }) => behind.map((name) => ({ activation, name })));
  const budget = Math.max(LEAST_WORK, MOST_SHARE * flopsOf(compiled.blocks));
  const evidences = new Map(
    parameters.flatMap((each) => (unexplained.includes(each.name) ? [[each.name, new Evidence(each)]] : [])),
  );
  const tasks: SlopeTask[] = [];
  let spent = 0;
  for (const { activation, name } of wanted) {
    const parameter = spec.parameters.findIndex((each) => each.name === name);
    const flops = flopsPerPair(compiled, parameter);
    const evidence = evidences.get(name);
    if (evidence === undefined || evidence.failing === 0) continue;
    const failing = Math.max(LEAST_FAILING, Math.min(MOST_FAILING, budget / (wanted.length * flops)));
    const components = sampleOf(evidence, Math.floor(failing));
    spent += components.length * flops;
    if (tasks.length > 0 && spent > budget) break;
    tasks.push({ activation, parameter, components });
  }
  return tasks;
}

interface Blamed {
  readonly activation: Activation;
  /** The unexplained parameters that reach J through it. */
  readonly behind: readonly string[];
}

/**
 * An activation whose derivative is left out spoils what is behind it and nothing else: those that divide the wrong
 * parameters from the right ones best come first, of equals the one nearest to J.
 */
function likeliest(
  spec: CheckSpec,
  parameters: readonly DiagnosedParameter[],
  unexplained: readonly string[],
): Blamed[] {
  const behind = new Map(
    parameters.map(({ name }) => [
      name,
      activationsBetween(spec.graph, new Set([name])).map(({ exit }) => exit),
    ]),
  );
  const right = parameters.filter(({ verdict, claimed }) => verdict === 'pass' && claimed.some(isNotZero));
  return activationsBetween(spec.graph, new Set(unexplained))
    .map((activation) => {
      const isBehind = (name: string) => behind.get(name)?.includes(activation.exit) === true;
      const own = unexplained.filter(isBehind);
      const spared = right.filter(({ name }) => isBehind(name)).length;
      return { activation, behind: own, unlikely: spared + unexplained.length - own.length };
    })
    .sort((a, b) => a.unlikely - b.unlikely || b.activation.exit - a.activation.exit);
}

function isNotZero(value: number): boolean {
  return value !== 0;
}

/** Components that are evenly spread among the failing ones, and among those that agree. */
function sampleOf({ sample, agreeing }: Evidence, failing: number): Int32Array {
  const chosen = [...spread(sample, failing), ...spread(agreeing, Math.ceil(AGREEING_SHARE * failing))];
  return Int32Array.from(chosen).sort();
}

function spread(components: readonly number[], most: number): readonly number[] {
  const count = Math.min(most, components.length);
  return Array.from({ length: count }, (_, i) => components[Math.floor((i * components.length) / count)]);
}

function flopsPerPair({ programs }: CompiledJob, parameter: number): number {
  return 1 + (programs[parameter]?.flopsPerPair ?? 0);
}
