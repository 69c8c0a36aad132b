import type { z } from 'zod';
import { objectReader } from '../schema-faults.ts';
import type { MaybeNode, Site } from './site.ts';

type StrictSchema<Shape extends z.ZodRawShape> = z.ZodObject<Shape, z.core.$strict>;

/** One kind of layer: the fields it is written with, and how it is lowered. Adding one is one entry of the registry. */
export interface LayerKind {
  /** Its `type` in a document. */
  readonly type: string;
  readonly schema: z.ZodObject;

  /**
   * Reads one layer of this kind and appends it to the graph.
   * @param input the activation before it, undefined when a fault keeps that from being known.
   * @returns the activation after it, undefined when that cannot be known.
   */
  lower(layer: unknown, input: MaybeNode, site: Site): MaybeNode;
}

/** Fields that come with layers as an acyclic graph. */
const plannedFields = ['name', 'inputs'];

/** Makes a layer kind of its schema and of what it does with a layer that fits the schema. */
export function layerKind<Shape extends z.ZodRawShape>(
  type: string,
  schema: StrictSchema<Shape>,
  lower: (layer: z.output<z.ZodObject<Shape, z.core.$strip>>, input: MaybeNode, site: Site) => MaybeNode,
): LayerKind {
  const read = objectReader(schema, plannedFields);
  return {
    type,
    schema,
    lower(layer, input, site) {
      const fields = site.read(read, layer);
      return fields && lower(fields, input, site);
    },
  };
}
