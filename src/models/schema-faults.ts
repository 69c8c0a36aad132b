import type { z } from 'zod';
import { type Faults, pointerTo } from '../errors/fault.ts';
import { describeJson, quote } from '../tensors/describe-json.ts';
import { didYouMean } from './nearest-name.ts';

type Issue = z.core.$ZodIssue;

/**
 * Entries that one part of a document may have beside its tensors. A schema makes an object of every departure it
 * finds, so a list of millions is refused before it is looked at.
 */
const mostEntries = 10_000;

/** Unknown fields told one by one; the rest of a document that has more is only counted. */
const mostFieldsTold = 100;

/** Reads one value of a job document by its schema. Every departure is a fault at its own place below `pointer`. */
export function readBySchema<S extends z.ZodType>(
  schema: S,
  value: unknown,
  pointer: string,
  faults: Faults,
): z.output<S> | undefined {
  if (hasTooManyEntries(value)) {
    faults.add(pointer, `has more than ${mostEntries} entries`);
    return undefined;
  }
  const result = schema.safeParse(value, { error: sentence });
  if (result.success) return result.data;
  for (const issue of result.error.issues) addIssue(issue, pointer, faults);
  return undefined;
}

/**
 * Makes the reader of one kind of object. An unknown field is a fault, yet the other fields are read all the same;
 * one that `planned` names is refused as not built yet, one that `others` names is left to somebody else.
 * @param instead what to write in place of an unknown field that is known from elsewhere
 */
export function objectReader<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape, z.core.$strict>,
  planned: readonly string[] = [],
  others: readonly string[] = [],
  instead: Instead = () => undefined,
): (
  value: unknown,
  pointer: string,
  faults: Faults,
) => z.output<z.ZodObject<Shape, z.core.$strip>> | undefined {
  const fields = schema.strip();
  const known = [...Object.keys(schema.shape), ...others];
  return (value, pointer, faults) => {
    const unknown = isObject(value) ? Object.keys(value).filter((field) => !known.includes(field)) : [];
    addUnknownFields(unknown, pointer, faults, known, planned, instead);
    return readBySchema(fields, value, pointer, faults);
  };
}

function hasTooManyEntries(value: unknown): boolean {
  let entries = 0;
  const pending = [value];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (typeof next !== 'object' || next === null) continue;
    const children: unknown[] = Array.isArray(next) ? next : Object.values(next);
    entries += children.length;
    if (entries > mostEntries) return true;
    for (const child of children) if (typeof child === 'object') pending.push(child);
  }
  return false;
}

/** Whether a value is what JSON calls an object. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What to write instead of a field that this service does not have; undefined when there is nothing to say. */
type Instead = (field: string) => string | undefined;

/** A fault per unknown field, with what to write instead or the known field that it may be a slip of. */
export function addUnknownFields(
  fields: readonly string[],
  pointer: string,
  faults: Faults,
  known: readonly string[],
  planned: readonly string[],
  instead: Instead = () => undefined,
): void {
  for (const field of fields.slice(0, mostFieldsTold)) {
    const advice = instead(field);
    const hint = advice === undefined ? didYouMean(field, known, faults.list.length) : `: ${advice}`;
    const isPlanned = planned.includes(field);
    faults.add(
      pointerTo(pointer, field),
      isPlanned ? `${quote(field)} is not built yet` : `unknown field ${quote(field)}${hint}`,
    );
  }
  if (fields.length > mostFieldsTold) {
    faults.add(pointer, `and ${fields.length - mostFieldsTold} more unknown fields`);
  }
}

function addIssue(issue: Issue, parent: string, faults: Faults): void {
  const pointer = issue.path.reduce<string>((at, token) => pointerTo(at, String(token)), parent);
  if (issue.code === 'unrecognized_keys') {
    addUnknownFields(issue.keys, pointer, faults, [], []);
    return;
  }
  const meant = issue.code === 'invalid_union' ? meantOption(issue.errors) : undefined;
  if (meant === undefined) faults.add(pointer, issue.message);
  else for (const inner of meant) addIssue(inner, pointer, faults);
}

/** The option of a union that the client meant: the one that fits from outside and is wrong only further in. */
function meantOption(options: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  return options.find((issues) => issues.length > 0 && issues.every((issue) => issue.path.length > 0));
}

/** Puts an issue that the schema itself has no words for into a sentence. */
function sentence(issue: z.core.$ZodRawIssue): string | undefined {
  const missing = issue.input === undefined ? 'is missing: it ' : '';
  const instead = missing === '' ? `, not ${describeJson(issue.input)}` : '';
  switch (issue.code) {
    case 'invalid_type':
      return `${missing}must be ${article(issue.expected)}${instead}`;
    case 'invalid_value':
      return `${missing}must be ${issue.values.map((option) => JSON.stringify(option)).join(' or ')}${instead}`;
    case 'too_small':
      if (issue.minimum === 1 && issue.origin !== 'number' && issue.origin !== 'int')
        return 'must not be empty';
      return `must be ${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}${unit(issue.origin)}${instead}`;
    case 'too_big':
      return `must be ${issue.inclusive ? 'at most' : 'less than'} ${issue.maximum}${unit(issue.origin)}${instead}`;
    case 'invalid_key':
      return issue.issues[0]?.message;
    default:
      return undefined;
  }
}

function article(expected: string): string {
  if (expected === 'int') return 'a whole number';
  if (expected === 'record') return 'an object';
  return `${/^[aeiou]/.test(expected) ? 'an' : 'a'} ${expected === 'number' ? 'finite number' : expected}`;
}

function unit(origin: string): string {
  if (origin === 'string') return ' characters long';
  return origin === 'array' ? ' entries long' : '';
}
