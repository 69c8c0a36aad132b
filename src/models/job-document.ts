import { z } from 'zod';
import type { JsonTensor } from '../tensors/json-tensor.ts';
import { checkDocumentSchema } from './check-document.ts';
import { expressionModelSchema } from './expression/expression-model.ts';
import { layersModelSchema } from './layers/layers-model.ts';
import { onnxModelSchema } from './onnx/onnx-model.ts';
import { MOST_POINTS, pointDocumentSchema } from './points/point-document.ts';
import { namedTensorsSchema } from './tensor-schema.ts';

const labelName = /^[^:]{1,100}$/;

/**
 * A job document: what is posted to `/v1/jobs`, checked by the command line, and given to the library. The schema
 * describes it whole. `readJob` takes it field by field, so that one fault hides no other and no tensor is walked twice.
 */
export const jobDocumentSchema = z
  .strictObject({
    name: z.string().min(1).max(200).optional().describe('What the job is called in lists.'),
    model: z.union([layersModelSchema, expressionModelSchema, onnxModelSchema]).describe('The cost J(θ).'),
    data: namedTensorsSchema.optional().describe('Tensors that J reads beside θ, by name. All finite.'),
    parameters: namedTensorsSchema
      .optional()
      .describe(
        'θ: the tensors whose gradients are checked, by name. All finite. Needed unless the model is a file, which holds values of its own, or there are points.',
      ),
    gradients: namedTensorsSchema
      .optional()
      .describe('The claimed gradient of every parameter, in its shape. Needed unless there are points.'),
    points: z
      .array(pointDocumentSchema)
      .min(1)
      .max(MOST_POINTS)
      .optional()
      .describe(
        'Several points of θ, as from several moments of training: the check is made at each. `parameters` and `gradients` of the document itself, where it has them, are the first point.',
      ),
    cost: z
      .number()
      .optional()
      .describe("J as the client computed it. The job fails as cost-mismatch when the service's differs."),
    check: checkDocumentSchema.optional(),
    labels: z
      .record(
        z.string().regex(labelName, { error: 'the name of a label has 1 to 100 characters and no colon' }),
        z.string().max(500),
      )
      .refine((labels) => Object.keys(labels).length <= 64, { error: 'a job has at most 64 labels' })
      .optional()
      .meta({ description: 'Names and values to find the job by, at most 64.', maxProperties: 64 }),
  })
  .meta({
    id: 'JobDocument',
    description: 'A cost J(θ), its data, θ, and the gradients that are to be checked.',
  });

interface NamedJsonTensors {
  readonly [name: string]: JsonTensor;
}

/** A point of θ, its claimed gradient, and what it is called. */
export interface JobPoint extends Omit<z.input<typeof pointDocumentSchema>, 'parameters' | 'gradients'> {
  readonly parameters?: NamedJsonTensors;
  readonly gradients?: NamedJsonTensors;
}

/** A job document as TypeScript has it. */
export interface JobDocument
  extends Omit<z.input<typeof jobDocumentSchema>, 'data' | 'parameters' | 'gradients' | 'points'> {
  readonly data?: NamedJsonTensors;
  /** Needed unless the model is a file, or there are points. */
  readonly parameters?: NamedJsonTensors;
  /** Needed unless there are points. */
  readonly gradients?: NamedJsonTensors;
  readonly points?: readonly JobPoint[];
}
