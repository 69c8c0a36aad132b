import { stridesOf } from '../../tensors/tensor.ts';
import { type CheckSpec, componentCount } from '../check-job.ts';
import { parseComponentName } from '../component-name.ts';
import { randomStream } from '../random.ts';

/** A run of components, all checked: `count` of one parameter from `start` on, numbered in θ. */
export interface ComponentRun {
  readonly parameter: number;
  readonly start: number;
  readonly count: number;
}

/**
 * The components that a job asks for, in order, as runs that stay within a parameter. A pure function of the spec:
 * a sample depends on its seed and on nothing else.
 */
export function selectedRuns(spec: CheckSpec): readonly ComponentRun[] {
  const { components, seed } = spec.settings;
  if (components === 'all') return spec.parameters.flatMap((_, parameter) => wholeParameter(spec, parameter));
  if ('parameters' in components) {
    return spec.parameters.flatMap(({ name }, parameter) =>
      components.parameters.includes(name) ? wholeParameter(spec, parameter) : [],
    );
  }
  if ('only' in components) return singleRuns(spec, components.only);
  if (components.sample >= componentCount(spec))
    return spec.parameters.flatMap((_, parameter) => wholeParameter(spec, parameter));
  return sampledRuns(spec, components.sample, seed);
}

/** The runs of each parameter that has any, in the job's order. */
export function runsByParameter(runs: readonly ComponentRun[]): ReadonlyMap<number, readonly ComponentRun[]> {
  const groups = new Map<number, ComponentRun[]>();
  for (const run of runs) {
    const group = groups.get(run.parameter);
    if (group === undefined) groups.set(run.parameter, [run]);
    else group.push(run);
  }
  return groups;
}

function wholeParameter(spec: CheckSpec, parameter: number): ComponentRun[] {
  const { offset, size } = spec.parameters[parameter];
  return size === 0 ? [] : [{ parameter, start: offset, count: size }];
}

function singleRuns(spec: CheckSpec, names: readonly string[]): readonly ComponentRun[] {
  const runs = names.map((name) => {
    const { parameter: wanted, index } = parseComponentName(name);
    const parameter = spec.parameters.findIndex(({ name: candidate }) => candidate === wanted);
    const { offset, shape } = spec.parameters[parameter];
    const strides = stridesOf(shape);
    const start = index.reduce((sum, at, axis) => sum + at * strides[axis], offset);
    return { parameter, start, count: 1 };
  });
  return runs.sort((a, b) => a.start - b.start);
}

function sampledRuns(spec: CheckSpec, sample: number, seed: number): readonly ComponentRun[] {
  const random = randomStream(seed);
  return sampleSizes(spec, sample).flatMap((count, parameter) => {
    const { offset, size } = spec.parameters[parameter];
    return chooseSorted(size, count, random).map((index) => ({ parameter, start: offset + index, count: 1 }));
  });
}

/** At least one component of every parameter, as far as the sample goes; the rest in proportion to their sizes. */
function sampleSizes(spec: CheckSpec, sample: number): readonly number[] {
  const total = componentCount(spec);
  const sizes = spec.parameters.map(({ size }) =>
    Math.min(size, Math.max(1, Math.floor((sample * size) / total))),
  );
  const largestFirst = sizes
    .map((_, i) => i)
    .sort((a, b) => spec.parameters[b].size - spec.parameters[a].size || a - b);
  let spare = sample - sizes.reduce((sum, count) => sum + count, 0);
  for (const i of largestFirst) {
    const change = Math.max(
      -sizes[i] + Math.min(1, spec.parameters[i].size),
      Math.min(spare, spec.parameters[i].size - sizes[i]),
    );
    sizes[i] += change;
    spare -= change;
  }
  return sizes;
}

/** `count` different numbers below `size`, ascending: Floyd's algorithm (Bentley and Floyd, CACM 30(9), 1987). */
export function chooseSorted(size: number, count: number, random: () => number): number[] {
  const chosen = new Set<number>();
  for (let upper = size - count; upper < size; upper++) {
    const candidate = Math.floor(random() * (upper + 1));
    chosen.add(chosen.has(candidate) ? upper : candidate);
  }
  return [...chosen].sort((a, b) => a - b);
}
