import swagger, { type SwaggerTransform } from '@fastify/swagger';
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from 'fastify-type-provider-zod';
import type { $ZodType } from 'zod/v4/core';
import { tidySchemas } from './contract-schemas.ts';
import type { HttpApp } from './http-app.ts';
import { PROBLEM_TYPE, problemSchema } from './problem.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The JSON body, for the contract only: `readJob` validates it, with better faults. */
    document?: $ZodType;
    /** The same body as multipart/form-data: its JSON Schema, for the contract only. */
    upload?: object;
    /** Headers that the route reads, for the contract only. */
    documentedHeaders?: $ZodType;
  }
}

/** What zod says of a schema, without what the contract has no need of. */
const zodToJsonConfig: Parameters<typeof createJsonSchemaTransform>[0]['zodToJsonConfig'] = {
  override: ({ zodSchema: { _zod: zod }, jsonSchema }) => {
    const { def } = zod;
    // This takes the place of the provider's own override, by which `undefined` stands for an answer without a body.
    if (def.type === 'undefined') jsonSchema.type = 'null';
    // The range of safe integers, and the calendar as a regular expression.
    if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
    if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
    if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
    // It is TypeScript that may not write these.
    delete jsonSchema.readOnly;
    // Only what is sent is strict: answers may come to say more.
    if (def.type === 'object' && def.catchall === undefined) delete jsonSchema.additionalProperties;
  },
};

const transformSchema = createJsonSchemaTransform({ skipList: [], zodToJsonConfig });
const addSchemas = createJsonSchemaTransformObject({ zodToJsonConfig });

/** What every route may answer beside what it says itself. */
const refusal = {
  description: 'The request was refused, or failed.',
  content: { [PROBLEM_TYPE]: { schema: problemSchema } },
};

/** Adds to a route's schema what it does not validate by it. */
const transformRoute: SwaggerTransform = ({ schema, route, ...rest }) => {
  const { document, upload, documentedHeaders } = route.config ?? {};
  const transformed = transformSchema({
    schema: {
      ...schema,
      ...(document === undefined ? {} : { body: document }),
      ...(documentedHeaders === undefined ? {} : { headers: documentedHeaders }),
      response: { ...responsesOf(schema), default: refusal },
    },
    route,
    ...rest,
  });
  return upload === undefined ? transformed : withUpload(transformed, upload);
};

function withUpload({ schema, url }: ReturnType<SwaggerTransform>, upload: object) {
  const content = {
    'application/json': { schema: schema.body },
    'multipart/form-data': { schema: upload },
  };
  return { schema: { ...schema, body: { content } }, url };
}

function responsesOf(schema: { response?: unknown } | undefined): object {
  return typeof schema?.response === 'object' && schema.response !== null ? schema.response : {};
}

/** Collects the contract, OpenAPI 3.1, from the routes that are added afterwards; `app.swagger()` gives it. */
export function collectContract(app: HttpApp): void {
  app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'gradcheck-service',
        version: '1',
        description:
          'Checks gradients written by hand: says right, wrong or undecidable, which component, and why.',
        license: { name: 'MIT', identifier: 'MIT' },
      },
    },
    transform: transformRoute,
    transformObject: (document) => tidySchemas(addSchemas(document)),
  });
}
