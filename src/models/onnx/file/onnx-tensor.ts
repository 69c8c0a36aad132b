import { bytesOf, decodeNumbers, type UnreadNumber } from '../../../tensors/files/number-format.ts';
import { mostAxes } from '../../../tensors/json-nested-array.ts';
import { formatShape, type Shape, sizeOf } from '../../../tensors/tensor.ts';
import { type ElementType, elementType, nameOfElementType } from '../element-type.ts';
import { exactInteger, wholeNumber } from './exact-integer.ts';
import type { WireMessage } from './wire-message.ts';

/** A tensor of the file. Its entries are read when they are asked for. */
export interface OnnxTensor {
  readonly name: string;
  readonly shape: Shape;
  /** A number of `TensorProto.DataType`. */
  readonly dataType: number;
  /** @throws OnnxRefusal when its entries cannot be read. */
  read(): TensorContent;
}

export interface TensorContent {
  readonly type: ElementType;
  readonly shape: Shape;
  readonly values: Float64Array;
}

const EXTERNAL = 1n;

/** Reads a `TensorProto`. @throws OnnxRefusal when its shape cannot be. */
export function readTensor(message: WireMessage): OnnxTensor {
  const name = message.text(8, 'name') ?? '';
  const shape = message.integers(1, 'dims').map((length) => exactInteger(length, message, 'dims'));
  const dataType = Number(message.integer(2, 'data_type') ?? 0n);
  if (shape.length > mostAxes) throw message.refusal(`has ${shape.length} axes, but may have ${mostAxes}`);
  if (shape.some((length) => length < 0) || !Number.isSafeInteger(sizeOf(shape))) {
    throw message.refusal(`has the shape ${formatShape(shape)}`);
  }
  let content: TensorContent | undefined;
  return {
    name,
    shape,
    dataType,
    read() {
      content ??= { ...readEntries(message, name, shape, dataType), shape };
      return content;
    },
  };
}

function readEntries(message: WireMessage, name: string, shape: Shape, dataType: number) {
  const called = name === '' ? '' : ` (${JSON.stringify(name)})`;
  const refusal = (detail: string) => message.refusal(`${called.trimStart()} ${detail}`.trimStart());
  if (message.has(13) || message.integer(14, 'data_location') === EXTERNAL) {
    throw refusal(
      'keeps its numbers in another file (external_data): export the model as one file, in PyTorch with external_data=False',
    );
  }
  const type = elementType(dataType);
  if (type === undefined)
    throw refusal(`has the element type ${nameOfElementType(dataType)}, which is not read`);
  const count = sizeOf(shape);
  const raw = message.bytes(9, 'raw_data');
  const values = raw === undefined ? typedEntries(message, type, count) : rawEntries(raw, type, count);
  if (typeof values === 'string') throw refusal(values);
  return { type, values };
}

function rawEntries(raw: Uint8Array, type: ElementType, count: number): Float64Array | string {
  if (raw.byteLength !== count * bytesOf[type]) {
    return `has ${raw.byteLength} bytes of ${type}, but its shape takes ${count * bytesOf[type]}`;
  }
  const values = type === 'int64' ? wholeEntries(raw) : decodeNumbers(raw, type, false);
  return values instanceof Float64Array ? values : `has an entry that ${values.detail}`;
}

/** int64, of which the two extremes stand for "as far as it goes" (the end of a slice): they become infinite. */
function wholeEntries(raw: Uint8Array): Float64Array | UnreadNumber {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const values = new Float64Array(raw.byteLength / 8);
  for (let i = 0; i < values.length; i++) {
    const value = wholeNumber(view.getBigInt64(8 * i, true));
    if (value === undefined) return decodeNumbers(raw, 'int64', false);
    values[i] = value;
  }
  return values;
}

/** Entries in the field of their type; the short types, and the bits of float16 and bfloat16, are in `int32_data`. */
function typedEntries(message: WireMessage, type: ElementType, count: number): Float64Array | string {
  // What takes most of a file's room is not read number by number.
  if (type === 'float32') return rawEntries(message.numberBytes(4, 'float_data', type), type, count);
  if (type === 'float64') return rawEntries(message.numberBytes(10, 'double_data', type), type, count);
  const numbers = typedIntegers(message, type);
  if (numbers.length !== count) return `has ${numbers.length} entries, but its shape takes ${count}`;
  if (type !== 'float16' && type !== 'bfloat16') return Float64Array.from(numbers);
  const values = decodeNumbers(new Uint8Array(Uint16Array.from(numbers).buffer), type, false);
  return values instanceof Float64Array ? values : `has an entry that ${values.detail}`;
}

function typedIntegers(message: WireMessage, type: ElementType): number[] {
  const exact = (field: number, name: string) =>
    message.integers(field, name).map((value) => wholeNumber(value) ?? exactInteger(value, message, name));
  switch (type) {
    case 'int64':
      return exact(7, 'int64_data');
    case 'uint64':
    case 'uint32':
      return message
        .integers(11, 'uint64_data')
        .map((value) => exactInteger(BigInt.asUintN(64, value), message, 'uint64_data'));
    default:
      return exact(5, 'int32_data');
  }
}
