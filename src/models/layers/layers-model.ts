import { z } from 'zod';
import { layerKinds } from './layer-registry.ts';
import { layoutSchema, weightLayoutSchema } from './layout.ts';
import { lossKinds } from './loss-registry.ts';
import { regularizerKinds } from './regularization.ts';

const lossSchema = z.union(Array.from(lossKinds.byType.values(), (kind) => kind.schema)).meta({ id: 'Loss' });

/** The `model` of a job document in the format `layers`. */
export const layersModelSchema = z
  .strictObject({
    format: z.literal('layers'),
    input: z
      .string()
      .default('X')
      .describe('Name of the tensor that the first layer takes, with its axes as layout says.'),
    layout: layoutSchema,
    weightLayout: weightLayoutSchema.optional(),
    layers: z
      .array(z.union(Array.from(layerKinds.byType.values(), (kind) => kind.schema)))
      .min(1)
      .describe('In order; each takes what the one before it gives, or the inputs that it names.'),
    loss: z
      .union([lossSchema, z.array(lossSchema).min(1)])
      .describe('Turns the last activation, or the one it names, into a number. Several are added up.'),
    regularization: z
      .array(z.union(Array.from(regularizerKinds.byType.values(), (kind) => kind.schema)))
      .optional()
      .describe('Penalties added to the loss: J = loss + penalties.'),
  })
  .meta({
    title: 'Layers',
    description: 'A network as a list of layers, which may be an acyclic graph, and its losses.',
  });
