import { z } from 'zod';
import { layerKinds } from './layer-registry.ts';
import { layoutSchema, weightLayoutSchema } from './layout.ts';
import { lossKinds } from './loss-registry.ts';
import { regularizerSchema } from './regularization.ts';

/** The `model` of a job document in the format `layers`. */
export const layersModelSchema = z
  .strictObject({
    format: z.literal('layers'),
    input: z
      .string()
      .default('X')
      .describe('Name of the data that the first layer takes: two axes, as layout says.'),
    layout: layoutSchema,
    weightLayout: weightLayoutSchema.optional(),
    layers: z
      .array(z.union(Array.from(layerKinds.byType.values(), (kind) => kind.schema)))
      .min(1)
      .describe('In order; each takes what the one before it gives.'),
    loss: z
      .union(Array.from(lossKinds.byType.values(), (kind) => kind.schema))
      .describe('Turns the last activation into a number.'),
    regularization: z
      .array(regularizerSchema)
      .optional()
      .describe('Penalties added to the loss: J = loss + penalties.'),
  })
  .meta({ title: 'Layers', description: 'A network as a list of layers and a loss.' });
