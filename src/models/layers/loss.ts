import { z } from 'zod';
import type { NodeId } from '../../graph/graph.ts';
import { objectReader } from '../schema-faults.ts';
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

export const reductionSchema = z
  .enum(['mean', 'sum'])
  .default('mean')
  .describe('Over the examples: mean divides the sum of their losses by their number m, sum does not.');

export const outputsSchema = z
  .enum(['sum', 'mean'])
  .default('sum')
  .describe(
    'Over the outputs of one example. sum, with reduction mean, divides by the number of examples alone; mean divides ' +
      'by the number of outputs too, which is what PyTorch calls reduction mean.',
  );

export const positionsSchema = outputsSchema.describe(
  'Over the positions of one example, where the prediction has an axis beside examples and features ' +
    '([examples, time, features]): their sum, or their mean, which is what PyTorch calls reduction mean.',
);

/** The fields by which losses are joined to the layers and to each other; every loss may have them. */
export const lossJoiningSchema = z.strictObject({
  input: z
    .string()
    .optional()
    .describe('Name of the layer whose output is the prediction. By default the last layer.'),
  weight: z.number().default(1).describe('What the loss is multiplied by before losses are added up.'),
});

const joiningFields = Object.keys(lossJoiningSchema.shape);

/** Fields that are known from elsewhere and refused by name, as they change the formula. */
const plannedFields = ['labelSmoothing', 'classWeights', 'ignoreIndex'];

/** Makes a loss kind of its schema and of what it does with a loss that fits the schema. */
export function lossKind<Shape extends z.ZodRawShape>(
  type: string,
  schema: z.ZodObject<Shape, z.core.$strict>,
  lower: (loss: z.output<z.ZodObject<Shape, z.core.$strip>>, prediction: MaybeNode, site: Site) => MaybeNode,
): LossKind {
  const read = objectReader(schema, plannedFields, joiningFields);
  return {
    type,
    schema: schema.extend(lossJoiningSchema.shape),
    lower(loss, prediction, site) {
      const fields = site.read(read, loss);
      return fields && lower(fields, prediction, site);
    },
  };
}

/** Folds the entries of each example to [m], along every axis but that of the examples. */
export function overOutputs(outputs: 'sum' | 'mean', entries: MaybeNode, site: Site): MaybeNode {
  const shape = site.shapeOf(entries);
  if (shape === undefined || shape.length === 1) return entries;
  const axes = shape.flatMap((_, axis) => (axis === site.layout.exampleAxis ? [] : [axis]));
  return site.apply(outputs, [entries], { axes, keepDims: false });
}

/**
 * Folds the losses of the examples, [m], to the scalar. It is the last op of a loss, so that differences of J can be
 * taken example by example before they are summed.
 */
export function overExamples(reduction: 'mean' | 'sum', losses: MaybeNode, site: Site): MaybeNode {
  return site.apply(reduction, [losses], { axes: [0], keepDims: false });
}

/** 1 − x. */
export function complement(x: MaybeNode, site: Site): MaybeNode {
  const one: NodeId = site.scalar(1);
  return site.apply('subtract', [one, x]);
}
