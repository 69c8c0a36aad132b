import { z } from 'zod';
import type { MethodComparison } from '../../check/comparison/method-comparison.ts';
import type { CheckPlan } from '../../check/plan/check-plan.ts';
import type { ListedComponent } from '../../check/report/listed-component.ts';
import type {
  ComponentCounts,
  ComponentReport,
  DirectionalReport,
  ParameterReport,
  PointReport,
  Report,
} from '../../check/report/report.ts';
import { methods, strategies } from '../../check/settings.ts';
import { warningCodes } from '../../check/warnings/warning.ts';
import type { JsonNumber } from '../../tensors/json-number.ts';
import { axisFailuresSchema, diagnosisSchema, parameterDiagnosisSchema } from './diagnosis-resource.ts';

// Each schema is declared as one of the checker's own types, so that the contract cannot drift from the code.

export const jsonNumberSchema: z.ZodType<JsonNumber> = z
  .union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity'])])
  .describe('A number; what JSON cannot write comes as a string.');

export const verdictSchema = z.enum(['pass', 'fail', 'inconclusive']).meta({ id: 'Verdict' });

const indexSchema = z.array(z.int()).readonly().describe('Position in the parameter, one entry per axis.');

const methodSchema = z.enum(methods);

const componentShape = z.object({
  index: indexSchema,
  claimed: jsonNumberSchema,
  numeric: jsonNumberSchema,
  bound: jsonNumberSchema.describe('The difference above which the component is called wrong.'),
  verdict: verdictSchema,
  refined: z
    .object({ numeric: jsonNumberSchema, step: z.number(), bound: jsonNumberSchema })
    .optional()
    .describe('A second look with a better step; where there is one it decides in place of numeric.'),
  flags: z
    .array(z.enum(['vacuous', 'non-finite', 'kink', 'noise-limited', 'float32', 'half-precision']))
    .readonly(),
  compared: z
    .array(z.object({ method: methodSchema, numeric: jsonNumberSchema }))
    .readonly()
    .optional()
    .describe('What each of compareMethods gives.'),
  reproduction: z.string().optional().describe('Of a failing component: the command that checks it alone.'),
});

const componentSchema: z.ZodType<ComponentReport> = componentShape.meta({ id: 'Component' });

export const listedComponentSchema: z.ZodType<ListedComponent> = componentShape
  .extend({
    point: z.int().optional().describe('The number of its point, of a job that has points.'),
    parameter: z.string(),
    component: z.int().describe('Its number in θ.'),
  })
  .meta({ id: 'ListedComponent' });

export const strategySchema = z.enum(strategies);

const countsSchema: z.ZodType<ComponentCounts> = z
  .object({
    total: z.int(),
    checked: z.int().describe('Those checked by themselves.'),
    passed: z.int(),
    failed: z.int(),
    inconclusive: z.int(),
    vacuous: z.int().describe('Passed ones whose claimed and numeric values are both 0.'),
    kinks: z.int().describe('Those at a kink of J, whatever their verdict.'),
    noiseLimited: z.int().describe('Those not far above the rounding of J, whatever their verdict.'),
  })
  .meta({ id: 'ComponentCounts' });

const comparisonSchema: z.ZodType<MethodComparison> = z
  .object({
    method: methodSchema,
    relativeDifference: jsonNumberSchema.describe('That of its gradient and the claimed one.'),
    maxError: jsonNumberSchema.describe('The largest |claimed − numeric|.'),
    step: z
      .object({ smallest: z.number(), largest: z.number() })
      .describe('The steps taken; where one was given, it is both.'),
  })
  .meta({ id: 'MethodComparison' });

const directionalSchema: z.ZodType<DirectionalReport> = z
  .object({
    vectors: z.int().describe('Seeded ±1 vectors along which all components were moved together.'),
    maxDifference: jsonNumberSchema.describe('|claimed − numeric| along the vector that agrees least.'),
    bound: jsonNumberSchema.describe('What that difference may be.'),
    agreed: z.boolean().describe('Whether the two gradients agree along every vector.'),
    explained: z
      .boolean()
      .describe(
        'Whether they do once the errors of the components checked by themselves are taken off; if not, there are more.',
      ),
    evaluations: z
      .int()
      .describe('Evaluations of J along directions, those of the search for wrong components included.'),
    canMiss: z.string().describe('In words, what may be wrong all the same.'),
  })
  .meta({ id: 'Directional' });

const costShape = {
  evaluations: z.int().describe('Evaluations of J, a batch of examples counting as one.'),
  flops: z.number(),
  seconds: z.number().describe('Work, in seconds on one thread.'),
};

const strategyCostShape = { strategy: strategySchema, ...costShape };

export const planShape = {
  ...strategyCostShape,
  evaluationsSaved: z.int().describe('What moving every component by itself would take on top.'),
  alternatives: z
    .array(z.object(strategyCostShape).meta({ id: 'StrategyCost' }))
    .readonly()
    .describe(
      'What the other strategies that fit the job would take; none for a job too small for a choice.',
    ),
  compared: z.object(costShape).optional().describe('What compareMethods takes of it, by whatever strategy.'),
};

const planSchema: z.ZodType<CheckPlan> = z.object(planShape).meta({ id: 'Plan' });

const parameterReportSchema: z.ZodType<ParameterReport> = z
  .object({
    name: z.string(),
    shape: z.array(z.int()).readonly(),
    verdict: verdictSchema,
    relativeDifference: jsonNumberSchema.describe(
      '‖numeric − claimed‖₂ / (‖numeric‖₂ + ‖claimed‖₂) over what was compared: the checked components, or for directional the derivatives along its vectors, from which the norms are estimated then.',
    ),
    strategy: strategySchema,
    precision: z
      .enum(['float64', 'float32', 'float16', 'bfloat16'])
      .describe('That of the claimed gradient.'),
    detectable: jsonNumberSchema.describe(
      'A larger error in any passed component would have been found; for directional, in any single component beside those found.',
    ),
    audit: z
      .object({
        components: z.int(),
        maxDifference: jsonNumberSchema,
        bound: jsonNumberSchema,
        agreed: z.boolean(),
      })
      .optional()
      .describe('How a sample of components agreed with weight-perturbation.'),
    directional: directionalSchema
      .optional()
      .describe(
        'Of a parameter checked along directions. Counts, maxError, histogram and worst are then of the components that the search for the wrong ones has checked by themselves.',
      ),
    components: countsSchema,
    maxError: jsonNumberSchema.describe('The largest |claimed − numeric|.'),
    claimedNorm: jsonNumberSchema,
    numericNorm: jsonNumberSchema,
    compared: z
      .array(comparisonSchema)
      .readonly()
      .optional()
      .describe('By each of compareMethods: all components asked for, each moved by itself.'),
    histogram: z
      .object({ edges: z.array(z.number()).readonly(), counts: z.array(z.int()).readonly() })
      .describe('Components by relative error: counts[i] lie in [edges[i], edges[i+1]).'),
    worst: z.array(componentSchema).readonly().describe('Failing ones first, then by relative error.'),
    diagnoses: z
      .array(parameterDiagnosisSchema)
      .readonly()
      .optional()
      .describe('Of a failing parameter, in the whole report: why it fails, the best explanation first.'),
    failures: z
      .array(axisFailuresSchema)
      .readonly()
      .optional()
      .describe('Beside diagnoses: how the failing components lie along each axis.'),
  })
  .meta({ id: 'ParameterReport' });

export const componentSelectionSchema: z.ZodType<Report['settings']['components']> = z.union([
  z.literal('all'),
  z.object({ sample: z.int() }),
  z.object({ parameters: z.array(z.string()).readonly() }),
  z.object({ only: z.array(z.string()).readonly() }),
]);

const reportShape = z.object({
  verdict: verdictSchema,
  relativeDifference: jsonNumberSchema,
  withinTolerance: z.boolean().describe('Whether the relative difference is within settings.tolerance.'),
  cost: jsonNumberSchema.describe('J at θ.'),
  noise: z
    .object({
      deviation: jsonNumberSchema.describe('Standard deviation of the rounding errors in J, as measured.'),
      scale: jsonNumberSchema.describe('Scale of the numbers that enter the last subtraction of J.'),
      error: jsonNumberSchema.describe('What an evaluation of J is taken to be off.'),
      relativeDifference: jsonNumberSchema.describe(
        'The relative difference that rounding alone may give a right gradient, with the step that was asked for.',
      ),
      explanation: z.string().describe('The same in words, and what it means for the tolerance.'),
    })
    .describe('How far rounding moves J near θ.'),
  components: countsSchema,
  compared: z
    .array(comparisonSchema)
    .readonly()
    .optional()
    .describe('What each of settings.compareMethods gives beside settings.method, which alone decides.'),
  settings: z.object({
    method: methodSchema,
    strategy: strategySchema,
    epsilon: z.union([z.number(), z.literal('auto')]),
    tolerance: z.number(),
    componentTolerance: z.number(),
    components: componentSelectionSchema,
    seed: z.int(),
    compareMethods: z.array(methodSchema).readonly().optional(),
  }),
  parameters: z.array(parameterReportSchema).readonly(),
  diagnosis: diagnosisSchema.optional().describe('Of a failing job: what its parameters together tell.'),
  warnings: z
    .array(z.object({ code: z.enum(warningCodes), message: z.string() }))
    .readonly()
    .describe('What to know beside the verdict.'),
  plan: planSchema.describe(
    'What the check was estimated to take. A search for wrong components comes on top.',
  ),
  evaluations: z.int().describe('Evaluations of J, a batch of examples counting as one.'),
  evaluationsSaved: z.int().describe('What moving every component by itself would have taken on top.'),
  durationMs: z.number().describe('From the first dispatch to the folded report.'),
});

const pointReportSchema: z.ZodType<PointReport> = z
  .object({
    point: z.int().describe('Its number, from 1 on.'),
    name: z.string().optional(),
    ...reportShape.omit({ settings: true }).shape,
  })
  .meta({ id: 'PointReport', description: 'What was found at one point: the report of that point alone.' });

export const reportSchema: z.ZodType<Report> = reportShape
  .extend({
    worstPoint: z
      .int()
      .optional()
      .describe(
        'Of a job that has points: the first of those with the worst verdict that has the largest relative difference. `cost`, `noise`, `compared`, `parameters`, `diagnosis` and `warnings` of the report are those of this point.',
      ),
    points: z
      .array(pointReportSchema)
      .readonly()
      .optional()
      .describe(
        'Of a job that has points: what was found at each. The `verdict` of the report is then the worst of theirs, `relativeDifference` the largest, `withinTolerance` whether each is, and `components`, `plan`, `evaluations`, `evaluationsSaved` and `durationMs` are of all of them together.',
      ),
  })
  .meta({ id: 'Report' });
