import { z } from 'zod';
import {
  type CheckSettings,
  checksWholeParameters,
  defaultSettings,
  methods,
  strategies,
} from '../check/settings.ts';
import type { Faults } from '../errors/fault.ts';
import type { Graph } from '../graph/graph.ts';
import { opsWithoutComplex } from '../graph/ops-without-complex.ts';
import { isObject } from './schema-faults.ts';

const epsilonSchema = z
  .union([z.literal('auto'), z.number().positive()], {
    error: 'must be "auto" or a finite number greater than 0',
  })
  .default(defaultSettings.epsilon)
  .describe(
    'The step h. A number is used exactly, for every component (directional: over √n for n components moved together); auto fits it to each component.',
  );

const componentsSchema = z
  .union(
    [
      z.literal('all'),
      z.strictObject({ sample: z.int().min(1).max(1_000_000).describe('How many components.') }),
      z.strictObject({ parameters: z.array(z.string()).min(1).describe('Names of parameters.') }),
      z.strictObject({
        only: z.array(z.string()).min(1).max(1000).describe('Single components, named as W2[2,0].'),
      }),
    ],
    { error: 'must be "all", { "sample": how many }, { "parameters": [names] } or { "only": [components] }' },
  )
  .default('all')
  .describe(
    'Which components are checked: all, a seeded sample spread over every parameter, some parameters, or single ones.',
  );

const compareMethodsSchema = z.array(z.enum(methods)).min(1).optional().meta({
  description:
    'Methods by which every component is differenced as well, each moved by itself, with the same step (complex-step: with 1e-20); the report shows their results side by side. The verdict is that of method alone.',
  uniqueItems: true,
});

/** The `check` object of a job document. */
export const checkDocumentSchema = z
  .strictObject({
    method: z
      .enum(methods)
      .default(defaultSettings.method)
      .describe(
        '(J(θ+h) − J(θ))/h, (J(θ) − J(θ−h))/h, (J(θ+h) − J(θ−h))/2h, (8(J(θ+h) − J(θ−h)) − (J(θ+2h) − J(θ−2h)))/12h, or Im J(θ+ih)/h.',
      ),
    epsilon: epsilonSchema,
    tolerance: z
      .number()
      .min(0)
      .default(defaultSettings.tolerance)
      .describe('What the relative difference is held against; it does not decide the verdict.'),
    componentTolerance: z
      .number()
      .min(0)
      .default(defaultSettings.componentTolerance)
      .describe('The relative error that a component may have.'),
    strategy: z
      .enum(['auto', ...strategies])
      .default(defaultSettings.strategy)
      .describe(
        'How perturbations are evaluated. directional moves all components of a parameter together and looks for the wrong ones only where that disagrees; auto never picks it, as it can miss errors.',
      ),
    components: componentsSchema,
    seed: z
      .int()
      .min(0)
      .max(0xffff_ffff)
      .default(defaultSettings.seed)
      .describe('Makes a sample, and the vectors of directional, reproducible.'),
    compareMethods: compareMethodsSchema,
  })
  .describe('How the gradients are checked. Every field has a default.');

/** A method is listed once. Judged even where the rest of `check` has faults. */
export function refuseRepeatedMethods(check: unknown, faults: Faults): void {
  const listed = isObject(check) ? check.compareMethods : undefined;
  if (!Array.isArray(listed)) return;
  const seen = new Set<unknown>();
  listed.forEach((method, i) => {
    // What is no method has been told as such.
    if (seen.has(method)) faults.add(`/check/compareMethods/${i}`, `${method} is listed twice`);
    else if (methods.some((known) => known === method)) seen.add(method);
  });
}

/** A strategy that was asked for is used or refused, never quietly replaced. */
export function refuseUnfitStrategy({ strategy, method, components }: CheckSettings, faults: Faults): void {
  if (strategy !== 'node-perturbation' && strategy !== 'directional') return;
  if (method !== 'central') {
    faults.add('/check/strategy', `${strategy} takes the central method, not ${method}`);
  }
  if (!checksWholeParameters(components)) {
    const some = components !== 'all' && 'sample' in components ? 'a sample of' : 'single';
    faults.add('/check/strategy', `${strategy} checks whole parameters, not ${some} components`);
  }
}

/** Names every operation that complex-step would have to continue off the real axis and cannot. */
export function refuseUnfitMethod(
  { method, compareMethods = [], components }: CheckSettings,
  graph: Graph,
  parameters: Iterable<string>,
  faults: Faults,
): void {
  const compared = compareMethods.indexOf('complex-step');
  const places = [
    ...(method === 'complex-step' ? ['/check/method'] : []),
    ...(compared < 0 ? [] : [`/check/compareMethods/${compared}`]),
  ];
  if (places.length === 0) return;
  const checked =
    typeof components === 'object' && 'parameters' in components ? components.parameters : parameters;
  const details = opsWithoutComplex(graph, new Set(checked)).map(({ op, source }) => {
    const place = source === undefined ? '' : `${source}: `;
    return `${place}complex-step has no complex arithmetic for ${op}; central takes it`;
  });
  for (const pointer of places) for (const detail of new Set(details)) faults.add(pointer, detail);
}
