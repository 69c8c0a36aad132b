import type { NumberFormat } from '../../tensors/files/number-format.ts';

/** The element types that are read, by their number in `TensorProto.DataType` of onnx.proto. */
const readTypes: ReadonlyMap<number, NumberFormat> = new Map([
  [1, 'float32'],
  [2, 'uint8'],
  [3, 'int8'],
  [4, 'uint16'],
  [5, 'int16'],
  [6, 'int32'],
  [7, 'int64'],
  [9, 'bool'],
  [10, 'float16'],
  [11, 'float64'],
  [12, 'uint32'],
  [13, 'uint64'],
  [16, 'bfloat16'],
]);

const otherNames: ReadonlyMap<number, string> = new Map([
  [0, 'undefined'],
  [8, 'string'],
  [14, 'complex64'],
  [15, 'complex128'],
  [17, 'float8e4m3fn'],
  [18, 'float8e4m3fnuz'],
  [19, 'float8e5m2'],
  [20, 'float8e5m2fnuz'],
  [21, 'uint4'],
  [22, 'int4'],
  [23, 'float4e2m1'],
  [24, 'float8e8m0'],
]);

/** What the entries of a tensor are. Floats are computed in float64 whichever of them the model says. */
export type ElementType = NumberFormat;

/** The type of a number of `TensorProto.DataType`; undefined for one that is not read. */
export function elementType(number: number): ElementType | undefined {
  return readTypes.get(number);
}

export function nameOfElementType(number: number): string {
  return readTypes.get(number) ?? otherNames.get(number) ?? `number ${number}`;
}

export function isFloat(type: ElementType): boolean {
  return type.startsWith('float') || type === 'bfloat16';
}

/** Whole numbers; not bool. */
export function isInteger(type: ElementType): boolean {
  return !isFloat(type) && type !== 'bool';
}

/** The smallest and the largest number of an integer type, as far as float64 holds whole numbers exactly. */
export function integerRange(type: ElementType): readonly [number, number] {
  const bits = Number(/\d+$/.exec(type)?.[0]);
  if (type.startsWith('u')) return [0, Math.min(2 ** bits - 1, 2 ** 53)];
  return [Math.max(-(2 ** (bits - 1)), -(2 ** 53)), Math.min(2 ** (bits - 1) - 1, 2 ** 53)];
}
