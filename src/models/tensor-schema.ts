import { z } from 'zod';

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

/** Tensors by name. */
export const namedTensorsSchema = z.record(z.string().min(1).max(256), tensorSchema);
