import { z } from 'zod';

/** Of a route that takes no query: unknown parameters are refused everywhere. */
export const emptyQuerySchema = z.strictObject({});

export const limitSchema = z.coerce
  .number()
  .int()
  .min(1)
  .max(200)
  .default(50)
  .describe('Most entries of the page.');

export const pointSchema = z.coerce
  .number()
  .int()
  .min(1)
  .optional()
  .describe('The number of the point, from 1 on; needed where the job has several.');

export const jobParamsSchema = z.object({ id: z.string() });
