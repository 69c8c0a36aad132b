import { describeJson, quote } from '../describe-json.ts';
import { sizeOf } from '../tensor.ts';
import type { FileReading, TensorLayout } from './file-reading.ts';
import type { NumberFormat } from './number-format.ts';
import { type HeaderEntry, readSafetensorsHeader } from './safetensors-header.ts';

/** The format's names of what can be read. */
const formats: Readonly<Record<string, NumberFormat>> = {
  F64: 'float64',
  F32: 'float32',
  F16: 'float16',
  BF16: 'bfloat16',
  I64: 'int64',
  I32: 'int32',
  I16: 'int16',
  I8: 'int8',
  U64: 'uint64',
  U32: 'uint32',
  U16: 'uint16',
  U8: 'uint8',
  BOOL: 'bool',
};

interface PlacedTensor {
  readonly name: string;
  readonly layout: TensorLayout;
  /** Positions behind the header. */
  readonly begin: number;
  readonly end: number;
}

/** Reads a safetensors file. Its tensors come in the order of their bytes, which must leave no gap and share none. */
export function readSafetensors(bytes: Uint8Array, reading: FileReading): void {
  const header = readSafetensorsHeader(bytes, reading);
  if (header === undefined) return;
  const { entries, dataStart } = header;
  const placed = entries.flatMap((entry) => {
    const tensor = readEntry(entry);
    if (typeof tensor !== 'string') return [tensor];
    reading.refuseTensor(entry.name, tensor);
    return [];
  });
  placed.sort((a, b) => a.begin - b.begin || a.end - b.end);
  // With an entry that cannot be read, nothing can be said of gaps.
  if (placed.length < entries.length) return;
  const fault = findMisplaced(placed, bytes.byteLength - dataStart);
  if (fault !== undefined) reading.refuse(fault);
  else {
    reading.reserve(numbersOf(placed, bytes.byteLength));
    for (const { name, layout, begin, end } of placed) {
      reading.add(name, layout, bytes.subarray(dataStart + begin, dataStart + end));
    }
  }
}

/** How many numbers there are, each of which takes at least a byte of the file. */
function numbersOf(placed: readonly PlacedTensor[], most: number): number {
  const count = placed.reduce((sum, { layout }) => sum + sizeOf(layout.shape), 0);
  return count <= most ? count : 0;
}

/** @returns what is wrong with the entry as a sentence, if anything is */
function readEntry({ name, value }: HeaderEntry): PlacedTensor | string {
  if (typeof value !== 'object' || value === null) return `${describeJson(value)} stands for a tensor`;
  const { dtype, shape, data_offsets: offsets, ...others }: Readonly<Record<string, unknown>> = { ...value };
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) return `unknown field ${quote(unknown)}`;
  if (typeof dtype !== 'string') return `its dtype is ${describeJson(dtype)}`;
  if (!Object.hasOwn(formats, dtype)) {
    return `dtype ${quote(dtype)} is not supported, only ${Object.keys(formats).join(', ')}`;
  }
  if (!isLengths(shape)) return `its shape is ${describeJson(shape)}, not an array of whole numbers`;
  if (!isLengths(offsets) || offsets.length !== 2 || offsets[0] > offsets[1]) {
    return 'its data_offsets must be where it begins and where it ends';
  }
  const layout = { shape, format: formats[dtype], bigEndian: false, fortranOrder: false };
  return { name, layout, begin: offsets[0], end: offsets[1] };
}

function isLengths(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((length) => Number.isSafeInteger(length) && length >= 0);
}

/** @param placed sorted by position */
function findMisplaced(placed: readonly PlacedTensor[], dataBytes: number): string | undefined {
  let position = 0;
  for (const [i, { name, begin, end }] of placed.entries()) {
    const at = `${quote(name)}, bytes ${begin} to ${end} behind the header,`;
    if (end > dataBytes) return `is truncated: ${at} goes beyond the ${dataBytes} bytes there are`;
    if (begin < position) return `has tensors that overlap: ${at} begins in ${quote(placed[i - 1].name)}`;
    if (begin > position) return `has a hole of ${begin - position} bytes before ${at.slice(0, -1)}`;
    position = end;
  }
  if (position === dataBytes) return undefined;
  return `has ${dataBytes - position} bytes behind its last tensor`;
}
