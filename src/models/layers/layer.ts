import { z } from 'zod';
import { objectReader } from '../schema-faults.ts';
import { insteadOfLayerField } from './foreign-fields.ts';
import type { MaybeNode, Site } from './site.ts';

/** The fields by which layers are joined to a graph; every layer may have them, and `LayerGraph` reads them. */
export const joiningSchema = z.strictObject({
  name: z
    .string()
    .min(1)
    .max(256)
    .optional()
    .describe('What other layers and losses call the output of this layer.'),
  inputs: z
    .array(z.string())
    .min(1)
    .optional()
    .describe(
      'What the layer takes: names of layers before it, or of tensors. By default the output of the layer before it.',
    ),
});

const joiningFields = Object.keys(joiningSchema.shape);

type StrictSchema<Shape extends z.ZodRawShape> = z.ZodObject<Shape, z.core.$strict>;
type Fields<Shape extends z.ZodRawShape> = z.output<z.ZodObject<Shape, z.core.$strip>>;

/** One kind of layer: the fields it is written with, and how it is lowered. Adding one is one entry of the registry. */
export interface LayerKind {
  /** Its `type` in a document. */
  readonly type: string;
  readonly schema: z.ZodObject;

  /**
   * Reads one layer of this kind and appends it to the graph.
   * @param inputs the activations it takes, each undefined when a fault keeps it from being known.
   * @returns the activation after it, undefined when that cannot be known.
   */
  lower(layer: unknown, inputs: readonly MaybeNode[], site: Site): MaybeNode;
}

/** How many inputs a layer takes. */
export interface InputCount {
  readonly least: number;
  readonly most: number;
}

/** Makes a kind of layer that takes one input, of its schema and of what it does with a layer that fits the schema. */
export function layerKind<Shape extends z.ZodRawShape>(
  type: string,
  schema: StrictSchema<Shape>,
  lower: (layer: Fields<Shape>, input: MaybeNode, site: Site) => MaybeNode,
): LayerKind {
  return joiningLayerKind(type, schema, { least: 1, most: 1 }, (layer, [input], site) =>
    lower(layer, input, site),
  );
}

/** Makes a kind of layer that takes several inputs. Another number of them is a fault. */
export function joiningLayerKind<Shape extends z.ZodRawShape>(
  type: string,
  schema: StrictSchema<Shape>,
  count: InputCount,
  lower: (layer: Fields<Shape>, inputs: readonly MaybeNode[], site: Site) => MaybeNode,
): LayerKind {
  const read = objectReader(schema, [], joiningFields, insteadOfLayerField);
  return {
    type,
    schema: schema.extend(joiningSchema.shape),
    lower(layer, inputs, site) {
      const fields = site.read(read, layer);
      const fits = inputs.length >= count.least && inputs.length <= count.most;
      if (!fits) site.fault(`takes ${wanted(count)}, not ${inputs.length}`, 'inputs');
      return fields && fits ? lower(fields, inputs, site) : undefined;
    },
  };
}

function wanted({ least, most }: InputCount): string {
  if (most === 1) return 'one input';
  return most === Number.POSITIVE_INFINITY ? `${least} inputs or more` : `${least} to ${most} inputs`;
}
