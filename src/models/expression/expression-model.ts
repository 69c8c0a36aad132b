import { z } from 'zod';

/** The longest cost, in UTF-16 units. */
const longestCost = 65_536;

/** `model` of a job document whose cost is written as an expression. */
export const expressionModelSchema = z
  .strictObject({
    format: z.literal('expression'),
    cost: z
      .string()
      .max(longestCost)
      .describe('NumPy-like statements, the last of which is J: "A = tanh(W @ X + b); mean((A - Y)**2)".'),
  })
  .meta({ title: 'Expression', description: 'Any cost that can be written as a formula.' });
