import { z } from 'zod';
import type { ComponentCounts, ComponentReport, ParameterReport, Report } from '../../check/report.ts';
import type { JsonNumber } from '../../tensors/json-number.ts';
import type { ListedComponent } from '../components/component-page.ts';

// Each schema is declared as one of the checker's own types, so that the contract cannot drift from the code.

export const jsonNumberSchema: z.ZodType<JsonNumber> = z
  .union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity'])])
  .describe('A number; what JSON cannot write comes as a string.');

export const verdictSchema = z.enum(['pass', 'fail', 'inconclusive']).meta({ id: 'Verdict' });

const indexSchema = z.array(z.int()).readonly().describe('Position in the parameter, one entry per axis.');

const componentShape = z.object({
  index: indexSchema,
  claimed: jsonNumberSchema,
  numeric: jsonNumberSchema,
  bound: jsonNumberSchema.describe('The difference above which the component is called wrong.'),
  verdict: verdictSchema,
  flags: z.array(z.enum(['vacuous', 'non-finite', 'kink'])).readonly(),
});

const componentSchema: z.ZodType<ComponentReport> = componentShape.meta({ id: 'Component' });

export const listedComponentSchema: z.ZodType<ListedComponent> = componentShape
  .extend({ parameter: z.string(), component: z.int().describe('Its number in θ.') })
  .meta({ id: 'ListedComponent' });

export const strategySchema = z.enum(['weight-perturbation', 'node-perturbation']);

const countsSchema: z.ZodType<ComponentCounts> = z
  .object({
    total: z.int(),
    checked: z.int(),
    passed: z.int(),
    failed: z.int(),
    inconclusive: z.int(),
    vacuous: z.int().describe('Passed ones whose claimed and numeric values are both 0.'),
    kinks: z.int().describe('Those at a kink of J, whatever their verdict.'),
  })
  .meta({ id: 'ComponentCounts' });

const parameterReportSchema: z.ZodType<ParameterReport> = z
  .object({
    name: z.string(),
    shape: z.array(z.int()).readonly(),
    verdict: verdictSchema,
    relativeDifference: jsonNumberSchema.describe('‖numeric − claimed‖₂ / (‖numeric‖₂ + ‖claimed‖₂)'),
    strategy: strategySchema,
    audit: z
      .object({
        components: z.int(),
        maxDifference: jsonNumberSchema,
        bound: jsonNumberSchema,
        agreed: z.boolean(),
      })
      .optional()
      .describe('How a sample of components agreed with weight-perturbation.'),
    components: countsSchema,
    maxError: jsonNumberSchema.describe('The largest |claimed − numeric|.'),
    claimedNorm: jsonNumberSchema,
    numericNorm: jsonNumberSchema,
    histogram: z
      .object({ edges: z.array(z.number()).readonly(), counts: z.array(z.int()).readonly() })
      .describe('Components by relative error: counts[i] lie in [edges[i], edges[i+1]).'),
    worst: z.array(componentSchema).readonly().describe('Failing ones first, then by relative error.'),
  })
  .meta({ id: 'ParameterReport' });

export const componentSelectionSchema: z.ZodType<Report['settings']['components']> = z.union([
  z.literal('all'),
  z.object({ sample: z.int() }),
  z.object({ parameters: z.array(z.string()).readonly() }),
]);

export const reportSchema: z.ZodType<Report> = z
  .object({
    verdict: verdictSchema,
    relativeDifference: jsonNumberSchema,
    withinTolerance: z.boolean().describe('Whether the relative difference is within settings.tolerance.'),
    cost: jsonNumberSchema.describe('J at θ.'),
    components: countsSchema,
    settings: z.object({
      method: z.enum(['forward', 'backward', 'central', 'five-point', 'complex-step']),
      strategy: strategySchema,
      epsilon: z.union([z.number(), z.literal('auto')]),
      tolerance: z.number(),
      componentTolerance: z.number(),
      components: componentSelectionSchema,
      seed: z.int(),
    }),
    parameters: z.array(parameterReportSchema).readonly(),
    warnings: z.array(z.object({ code: z.string(), message: z.string() })).readonly(),
    evaluations: z.int().describe('Evaluations of J, a batch of examples counting as one.'),
    evaluationsSaved: z.int().describe('What moving every component by itself would have taken on top.'),
    durationMs: z.number().describe('From the first dispatch to the folded report.'),
  })
  .meta({ id: 'Report' });
