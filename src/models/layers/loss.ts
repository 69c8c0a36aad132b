import { z } from 'zod';
import type { Faults } from '../../errors/fault.ts';
import type { NodeId } from '../../graph/graph.ts';
import { objectReader, readBySchema } from '../schema-faults.ts';
import { exampleWeightsSchema, weighted } from './example-weights.ts';
import { insteadOfLossField } from './foreign-fields.ts';
import type { MaybeNode, Site } from './site.ts';

/** One kind of loss: the fields it is written with, and how it is lowered. */
export interface LossKind {
  readonly type: string;
  readonly schema: z.ZodObject;

  /** @returns the loss as a scalar, undefined when a fault keeps it from being built. */
  lower(loss: unknown, prediction: MaybeNode, site: Site): MaybeNode;
}

export const targetSchema = z
  .string()
  .describe('Name of the data tensor that the prediction is compared with.');

const outputsSchema = z
  .enum(['sum', 'mean'])
  .default('sum')
  .describe(
    'Over the outputs of one example. sum, with reduction mean, divides by the number of examples alone; mean divides ' +
      'by the number of outputs too, which is what PyTorch calls reduction mean.',
  );

const positionsSchema = outputsSchema.describe(
  'Over the positions of one example, where the prediction has an axis beside examples and features ' +
    '([examples, time, features]): their sum, or their mean, which is what PyTorch calls reduction mean.',
);

/** How the losses of single outputs, or of lines of features, become J's; every loss has these fields. */
const foldingSchema = z.object({
  reduction: z
    .enum(['mean', 'sum'])
    .default('mean')
    .describe('Over the examples: mean divides the sum of their losses by their number m, sum does not.'),
  outputs: outputsSchema,
  exampleWeights: exampleWeightsSchema,
});

/** The fields by which losses are joined to the layers and to each other; every loss may have them. */
export const lossJoiningSchema = z.strictObject({
  input: z
    .string()
    .optional()
    .describe('Name of the layer whose output is the prediction. By default the last layer.'),
  weight: z.number().default(1).describe('What the loss is multiplied by before losses are added up.'),
});

const fieldsOfAll = [...Object.keys(lossJoiningSchema.shape), ...Object.keys(foldingSchema.shape)];

/**
 * Makes a loss kind of the fields that are its own and of its formula, which gives the loss of every output or, for a
 * loss over lines of features, of every position.
 */
export function lossKind<Shape extends z.ZodRawShape>(
  type: string,
  each: 'output' | 'position',
  schema: z.ZodObject<Shape, z.core.$strict>,
  formula: (
    loss: z.output<z.ZodObject<Shape, z.core.$strip>>,
    prediction: MaybeNode,
    site: Site,
  ) => MaybeNode,
): LossKind {
  const read = objectReader(schema, [], fieldsOfAll, insteadOfLossField);
  const outputs = each === 'output' ? outputsSchema : positionsSchema;
  return {
    type,
    schema: schema.extend({ ...foldingSchema.shape, outputs, ...lossJoiningSchema.shape }),
    lower(loss, prediction, site) {
      const fields = site.read(read, loss);
      const folding = site.read(readFolding, loss);
      const losses = fields && formula(fields, prediction, site);
      return folding && folded(losses, folding, site);
    },
  };
}

function readFolding(loss: unknown, pointer: string, faults: Faults) {
  return readBySchema(foldingSchema, loss, pointer, faults);
}

/**
 * The losses of outputs or positions, each times its weight, folded over what an example has of them and then over the
 * examples. That is the last op of a loss, so that differences of J can be taken example by example before they are
 * summed.
 */
function folded(
  losses: MaybeNode,
  { reduction, outputs, exampleWeights }: z.output<typeof foldingSchema>,
  site: Site,
): MaybeNode {
  const entries = weighted(exampleWeights, losses, site);
  const shape = site.shapeOf(entries);
  if (shape === undefined) return undefined;
  const axes = shape.flatMap((_, axis) => (axis === site.layout.exampleAxis ? [] : [axis]));
  const ofExamples = shape.length === 1 ? entries : site.apply(outputs, [entries], { axes, keepDims: false });
  return site.apply(reduction, [ofExamples], { axes: [0], keepDims: false });
}

/** 1 − x. */
export function complement(x: MaybeNode, site: Site): MaybeNode {
  const one: NodeId = site.scalar(1);
  return site.apply('subtract', [one, x]);
}
