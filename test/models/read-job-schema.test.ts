import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { jobDocumentSchema } from '../../src/models/job-document.ts';
import { readJob } from '../../src/models/read-job.ts';
import { threeLayerDocument } from './published-case.ts';

interface JsonSchema {
  readonly description?: string;
  readonly title?: string;
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: unknown;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
  readonly $ref?: string;
}

function component(name: string): JsonSchema {
  const schema: JsonSchema = JSON.parse(JSON.stringify(z.toJSONSchema(jobDocumentSchema, { io: 'input' })));
  return schema.$defs?.[name] ?? {};
}

/** The properties of every object of a schema, each with its path. */
function properties(schema: JsonSchema, path = ''): [string, JsonSchema][] {
  const own = Object.entries(schema.properties ?? {}).flatMap(([name, property]): [string, JsonSchema][] => [
    [`${path}/${name}`, property],
    ...properties(property, `${path}/${name}`),
  ]);
  const options = (schema.anyOf ?? []).flatMap((option, i) => properties(option, `${path}/anyOf/${i}`));
  return [...own, ...options, ...(schema.items ? properties(schema.items, `${path}/items`) : [])];
}

describe('the schema of the job document', () => {
  it('takes what readJob takes, and refuses what is not in it', () => {
    const document = threeLayerDocument('wrong', { epsilon: 1e-7, components: { sample: 5 } });
    expect(readJob(document).kind).toBe('job');
    expect(jobDocumentSchema.safeParse(document).error).toBeUndefined();
    expect(jobDocumentSchema.safeParse({ ...document, extra: 1 }).success).toBe(false);
    expect(readJob({ ...document, extra: 1 }).kind).toBe('faults');
  });

  it('describes every field for the readers of the contract', () => {
    const all = properties(component('JobDocument'));
    const bare = all.filter(
      ([, property]) => !property.description && property.const === undefined && !property.$ref,
    );
    expect(all.length).toBeGreaterThan(40);
    expect(bare.map(([path]) => path)).toEqual([]);
  });

  it('describes a tensor once, in each of its forms', () => {
    const tensor = component('Tensor');
    expect(tensor.anyOf).toHaveLength(5);
    expect(tensor.description).toContain('row-major');
  });

  it('closes its objects, so that unknown fields are known to be refused', () => {
    const document = component('JobDocument');
    const model = document.properties?.model;
    expect(document.additionalProperties).toBe(false);
    expect(model?.anyOf?.map((format) => [format.title, format.additionalProperties])).toEqual([
      ['Layers', false],
      ['Expression', false],
      ['ONNX', false],
    ]);
  });
});
