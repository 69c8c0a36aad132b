import { z } from 'zod';
import { namedTensorsSchema } from '../tensor-schema.ts';

/** Each point is opened on every thread: this bounds what a document can ask for by a few bytes each. */
export const MOST_POINTS = 1000;

/** One entry of a document's `points`. */
export const pointDocumentSchema = z
  .strictObject({
    name: z.string().min(1).max(200).optional().describe('What the point is called in the report.'),
    parameters: namedTensorsSchema
      .optional()
      .describe('θ here: tensors of the same names and shapes at every point. All finite.'),
    gradients: namedTensorsSchema
      .optional()
      .describe('The claimed gradient of every parameter here, in its shape.'),
    cost: z
      .number()
      .optional()
      .describe(
        "J here as the client computed it. The job fails as cost-mismatch when the service's differs.",
      ),
  })
  .meta({ id: 'Point', description: 'One of several points of θ at which the gradient is checked.' });
