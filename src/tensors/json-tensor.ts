import type { Faults } from '../errors/fault.ts';
import { pointerTo } from '../errors/fault.ts';
import { type Base64Dtype, decodeBase64, encodeBase64 } from './base64-values.ts';
import { describeJson, quote } from './describe-json.ts';
import { readEntries, readOddEntry } from './json-entries.ts';
import { mostAxes, readNestedArray } from './json-nested-array.ts';
import { type JsonNumber, toJsonNumber } from './json-number.ts';
import { formatShape, type Shape, sizeOf, type Tensor, unravel } from './tensor.ts';
import { TensorFaults } from './tensor-faults.ts';

/** A tensor as a job document holds it. */
export type JsonTensor =
  | JsonNumber
  | readonly JsonTensor[]
  | { readonly shape: Shape; readonly values: readonly JsonNumber[] }
  | { readonly shape: Shape; readonly dtype: Base64Dtype; readonly base64: string };

/**
 * Reads a tensor of a job document: a bare number, nested arrays, `{shape, values}` with the values row-major, or
 * `{shape, dtype, base64}` of little-endian row-major bytes. What is wrong with it is added to `faults`, each fault
 * at its own place below `pointer`, and then there is no tensor.
 */
export function readJsonTensor(value: unknown, pointer: string, faults: Faults): Tensor | undefined {
  const own = new TensorFaults(pointer, faults);
  const tensor = readAnyForm(value, own);
  own.close();
  return own.none ? tensor : undefined;
}

/**
 * Writes a tensor. `nested` gives a bare number for a scalar and falls back to `values` where nested arrays cannot
 * tell the shape (`[0,3]`). Only `base64` keeps the sign of zero once it has been through JSON text, and whether the
 * numbers were float32; float16 and bfloat16 become that.
 */
export function writeJsonTensor(tensor: Tensor, form: 'nested' | 'values' | 'base64' = 'nested'): JsonTensor {
  const { shape, values } = tensor;
  const dtype = tensor.dtype === 'float64' ? 'float64' : 'float32';
  if (form === 'base64') return { shape, dtype, base64: encodeBase64(values, dtype) };
  if (form === 'values' || (shape.length > 1 && values.length === 0)) {
    return { shape, values: Array.from(values, toJsonNumber) };
  }
  return nest(Array.from(values, toJsonNumber), shape);
}

/** The JSON pointer of the `flat`-th entry of a tensor that was read from `value` at `pointer`. */
export function entryPointer(value: unknown, pointer: string, shape: Shape, flat: number): string {
  if (Array.isArray(value)) return unravel(flat, shape).reduce<string>(pointerTo, pointer);
  if (typeof value !== 'object' || value === null) return pointer;
  return 'values' in value ? `${pointer}/values/${flat}` : `${pointer}/base64`;
}

function readAnyForm(value: unknown, faults: TensorFaults): Tensor | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) return scalar(value);
  if (Array.isArray(value)) {
    const nested = readNestedArray(value, faults);
    return nested && { ...nested, dtype: 'float64' };
  }
  if (typeof value === 'object' && value !== null) return readObject({ ...value }, faults);
  const number = readOddEntry(value);
  if (typeof number === 'number') return scalar(number);
  faults.add([], number.fault);
  return undefined;
}

function scalar(value: number): Tensor {
  return { shape: [], dtype: 'float64', values: Float64Array.of(value) };
}

function readObject(object: Readonly<Record<string, unknown>>, faults: TensorFaults): Tensor | undefined {
  for (const field of Object.keys(object)) {
    if (field === 'dtype' && 'values' in object) {
      faults.add([field], 'dtype goes with base64; values are always float64');
    } else if (!['shape', 'values', 'dtype', 'base64'].includes(field)) {
      faults.add(
        [field],
        `unknown field ${quote(field)}: a tensor has shape and values, or shape, dtype and base64`,
      );
    }
  }
  const shape = readShape(object.shape, faults);
  if ('values' in object && 'base64' in object) {
    faults.add([], 'a tensor has values or base64, not both');
    return undefined;
  }
  return 'values' in object ? readValues(object.values, shape, faults) : readBytes(object, shape, faults);
}

function readShape(value: unknown, faults: TensorFaults): Shape | undefined {
  if (!Array.isArray(value)) {
    faults.add(['shape'], `the shape must be an array of whole numbers, not ${describeJson(value)}`);
    return undefined;
  }
  if (value.length > mostAxes) {
    faults.add(['shape'], `a tensor has at most ${mostAxes} axes, not ${value.length}`);
    return undefined;
  }
  const lengths: number[] = [];
  value.forEach((length: unknown, axis) => {
    if (typeof length === 'number' && Number.isSafeInteger(length) && length >= 0) lengths.push(length);
    else
      faults.add(
        ['shape', axis],
        `the length of an axis is a whole number from 0 on, not ${describeJson(length)}`,
      );
  });
  return lengths.length === value.length ? lengths : undefined;
}

function readValues(list: unknown, shape: Shape | undefined, faults: TensorFaults): Tensor | undefined {
  if (!Array.isArray(list)) {
    faults.add(['values'], `values must be one flat array, not ${describeJson(list)}`);
    return undefined;
  }
  if (shape !== undefined && list.length !== sizeOf(shape)) {
    faults.add(['values'], `shape ${formatShape(shape)} has ${sizeOf(shape)} entries, not ${list.length}`);
  }
  const values = new Float64Array(list.length);
  readEntries(list, values, 0, ['values'], faults);
  return shape && { shape, dtype: 'float64', values };
}

function readBytes(
  { dtype, base64 }: Readonly<Record<string, unknown>>,
  shape: Shape | undefined,
  faults: TensorFaults,
): Tensor | undefined {
  const known = dtype === 'float64' || dtype === 'float32';
  if (!known) faults.add(['dtype'], `dtype must be "float64" or "float32", not ${describeJson(dtype)}`);
  if (typeof base64 !== 'string') {
    faults.add(['base64'], `there must be values, or base64 as a string, not ${describeJson(base64)}`);
    return undefined;
  }
  if (!known || shape === undefined) return undefined;
  return { shape, dtype, values: decodeBase64(base64, dtype, sizeOf(shape), faults) };
}

function nest(numbers: readonly JsonNumber[], shape: Shape): JsonTensor {
  let level: readonly JsonTensor[] = numbers;
  for (let axis = shape.length - 1; axis > 0; axis--) {
    const length = shape[axis];
    const rows: JsonTensor[] = [];
    for (let from = 0; from < level.length; from += length) rows.push(level.slice(from, from + length));
    level = rows;
  }
  return shape.length === 0 ? numbers[0] : level;
}
