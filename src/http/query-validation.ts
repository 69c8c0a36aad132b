import type { FastifySchemaCompiler } from 'fastify';
import { safeParse } from 'zod';
import type { $ZodIssue, $ZodType } from 'zod/v4/core';
import { GradcheckError } from '../errors/catalogue.ts';
import { type Fault, pointerTo } from '../errors/fault.ts';

/** Validates queries and path parameters by their zod schemas, and tells every fault of them at once. */
export const compileQueryValidator: FastifySchemaCompiler<$ZodType> =
  ({ schema }) =>
  (query) => {
    const result = safeParse(schema, query);
    if (result.success) return { value: result.data };
    return { error: invalidQuery(result.error.issues.flatMap(faultsOf)) };
  };

/** The refusal of a query with such faults. */
export function invalidQuery(faults: readonly Fault[]): GradcheckError {
  const count = faults.length === 1 ? '1 fault' : `${faults.length} faults`;
  return new GradcheckError('invalid-query', `The query has ${count}.`, { faults });
}

function faultsOf(issue: $ZodIssue): Fault[] {
  const pointer = issue.path.reduce<string>((parent, token) => pointerTo(parent, String(token)), '');
  if (issue.code !== 'unrecognized_keys') return [{ pointer, detail: issue.message }];
  return issue.keys.map((key) => ({
    pointer: pointerTo(pointer, key),
    detail: 'there is no such query parameter',
  }));
}
