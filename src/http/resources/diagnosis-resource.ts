import { z } from 'zod';
import type { AxisFailures } from '../../check/diagnosis/axis-failures.ts';
import type { Cause, ParameterDiagnosis } from '../../check/diagnosis/cause.ts';
import type { Diagnosis } from '../../check/diagnosis/diagnose.ts';

const axis = z.int().describe('An axis of the parameter, from 0 on.');

const causeSchema: z.ZodType<Cause> = z
  .discriminatedUnion('kind', [
    z
      .object({
        kind: z.literal('scaled'),
        factor: z.number(),
        part: z.enum(['all', 'data']).describe('data: all but what comes from the penalty.'),
      })
      .describe('Claimed = factor · numeric.'),
    z.object({ kind: z.literal('transposed'), axes: z.tuple([axis, axis]).readonly() }),
    z
      .object({ kind: z.literal('memory-order') })
      .describe('The right numbers in the memory order of the transpose.'),
    z.object({ kind: z.literal('reversed'), axes: z.array(axis).readonly() }),
    z.object({
      kind: z.literal('shifted'),
      axis,
      by: z.union([z.literal(1), z.literal(-1)]),
      filledWith: z.enum(['wrapped', 'zeros']),
    }),
    z.object({
      kind: z.literal('penalty'),
      penalty: z.enum(['l1', 'l2']),
      mistake: z.enum(['missing', 'extra', 'wrong-factor']),
      factor: z.number().optional().describe('The term over what it should be, where J has it.'),
      coefficient: z.number().describe('Claimed − numeric over θ (l2) or over sign θ (l1).'),
    }),
    z
      .object({ kind: z.literal('swapped'), with: z.string(), mutual: z.boolean() })
      .describe("Another parameter's gradient; mutual: this one's stands there."),
    z
      .object({
        kind: z.literal('confined'),
        slices: z.array(z.object({ axis, indices: z.array(z.int()).readonly() })).readonly(),
        factor: z.number().optional().describe('Claimed over numeric there, where one factor fits.'),
      })
      .describe('Wrong nowhere but in the slices that all of these have in common.'),
    z
      .object({ kind: z.literal('components'), indices: z.array(z.array(z.int()).readonly()).readonly() })
      .describe('These components are wrong and no others.'),
    z.object({
      kind: z.literal('rounded'),
      to: z.enum(['float32', 'float16', 'bfloat16', 'decimals']),
      digits: z.int().optional().describe('Decimals behind the point.'),
    }),
    z.object({ kind: z.literal('offset'), by: z.number() }),
    z.object({ kind: z.literal('clipped'), at: z.number() }),
    z
      .object({ kind: z.literal('activation-slope'), layer: z.string(), op: z.string() })
      .describe("The activation's derivative was left out."),
    z.object({ kind: z.literal('not-finite'), components: z.int() }),
  ])
  .meta({ id: 'Cause', description: 'What made a claimed gradient wrong, with the numbers found.' });

export const parameterDiagnosisSchema: z.ZodType<ParameterDiagnosis> = z
  .object({
    cause: causeSchema,
    explained: z.number().describe('Share of ‖claimed − numeric‖² explained, bounds allowed for.'),
    free: z.int().describe('Numbers that were fitted to the difference.'),
    certainty: z
      .enum(['fact', 'hint'])
      .describe('hint: less than 99 % is explained, or some failing components are not.'),
    group: z.array(z.string()).readonly().describe('Other causes that cannot be told from this one.'),
    message: z.string(),
  })
  .meta({ id: 'ParameterDiagnosis' });

export const axisFailuresSchema: z.ZodType<AxisFailures> = z
  .object({
    axis,
    slices: z.int().describe('The length of the axis.'),
    failing: z.int().describe('Slices that hold any failing component.'),
    worst: z
      .array(z.object({ index: z.int(), failed: z.int() }))
      .readonly()
      .describe('Those with the most failing components.'),
  })
  .meta({ id: 'AxisFailures' });

export const diagnosisSchema: z.ZodType<Diagnosis> = z
  .object({
    shared: z
      .object({ cause: causeSchema, parameters: z.array(z.string()).readonly(), message: z.string() })
      .optional()
      .describe('The one cause of all failing parameters.'),
    origin: z
      .object({
        kind: z
          .enum(['local', 'passed-back', 'first'])
          .describe(
            'local: what is passed back is right. passed-back: from here on all is wrong. first: no more is known.',
          ),
        layer: z.string().optional(),
        parameters: z.array(z.string()).readonly().describe('The first wrong ones; for local, all of them.'),
        right: z.array(z.string()).readonly().describe('Those nearer to the cost.'),
        message: z.string(),
      })
      .optional()
      .describe('Where, going back from the cost, things first go wrong.'),
  })
  .meta({ id: 'Diagnosis' });
