import { z } from 'zod';

/** `model` of a job document whose cost is in an ONNX file. */
export const onnxModelSchema = z
  .strictObject({
    format: z.literal('onnx'),
    base64: z
      .string()
      .optional()
      .describe('The .onnx file in base64. Left out where the file comes as the part `model` of an upload.')
      .meta({ contentEncoding: 'base64' }),
    cost: z
      .string()
      .optional()
      .describe('The output that is J. Needed only where the model has several; it must be a scalar.'),
    parameterNames: z
      .record(z.string().min(1).max(256), z.string().min(1))
      .optional()
      .describe(
        'What a parameter or data tensor of the job is called in the file: { "W1": "net.0.weight" }.',
      ),
    attributePrecision: z
      .enum(['decimal', 'float32'])
      .default('decimal')
      .describe(
        'Float attributes are float32 in the file. `decimal` takes 0.01 for 0.009999999776, `float32` takes the file at its word.',
      ),
  })
  .meta({
    title: 'ONNX',
    description:
      'What a framework exports, with its loss. θ is the initializers that `gradients` names; `parameters` may give other values for them.',
  });
