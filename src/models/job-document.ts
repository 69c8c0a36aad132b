import { z } from 'zod';
import type { JsonTensor } from '../tensors/json-tensor.ts';
import { checkDocumentSchema } from './check-document.ts';
import { expressionModelSchema } from './expression/expression-model.ts';
import { layersModelSchema } from './layers/layers-model.ts';
import { onnxModelSchema } from './onnx/onnx-model.ts';

const numberDocument = {
  anyOf: [{ type: 'number' }, { type: 'string', enum: ['NaN', 'Infinity', '-Infinity'] }],
};
const shapeDocument = { type: 'array', items: { type: 'integer', minimum: 0 }, maxItems: 32 };

/**
 * A tensor. `readJsonTensor` reads it, far faster than a schema would and with faults that name the place; so the
 * schema takes anything, and this description of it is for readers of the contract.
 */
const tensorSchema = z.unknown().meta({
  id: 'Tensor',
  description: 'A tensor of numbers, row-major: one number, nested arrays, or an object with its shape.',
  anyOf: [
    ...numberDocument.anyOf,
    {
      type: 'array',
      description: 'Nested arrays of numbers (or "NaN", "Infinity", "-Infinity"), none ragged.',
      items: {},
    },
    {
      type: 'object',
      properties: { shape: shapeDocument, values: { type: 'array', items: numberDocument } },
      required: ['shape', 'values'],
      additionalProperties: false,
    },
    {
      type: 'object',
      properties: {
        shape: shapeDocument,
        dtype: { type: 'string', enum: ['float64', 'float32'] },
        base64: { type: 'string', contentEncoding: 'base64', description: 'Little-endian, row-major.' },
      },
      required: ['shape', 'dtype', 'base64'],
      additionalProperties: false,
    },
  ],
  examples: [
    [
      [1.62, -0.61],
      [-1.07, 0.87],
    ],
    { shape: [2, 1], values: [0.5, 'NaN'] },
  ],
});

const namedTensorsSchema = z.record(z.string().min(1).max(256), tensorSchema);

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
        'θ: the tensors whose gradients are checked, by name. All finite. Needed unless the model is a file, which holds values of its own.',
      ),
    gradients: namedTensorsSchema.describe('The claimed gradient of every parameter, in its shape.'),
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

/** Fields that are designed but not built yet: refused by name. */
export const plannedDocumentFields: readonly string[] = ['points'];

interface NamedJsonTensors {
  readonly [name: string]: JsonTensor;
}

/** A job document as TypeScript has it. */
export interface JobDocument
  extends Omit<z.input<typeof jobDocumentSchema>, 'data' | 'parameters' | 'gradients'> {
  readonly data?: NamedJsonTensors;
  /** Needed unless the model is a file. */
  readonly parameters?: NamedJsonTensors;
  readonly gradients: NamedJsonTensors;
}
