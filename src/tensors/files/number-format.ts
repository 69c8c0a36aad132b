import { endianness } from 'node:os';

/** Bytes of one number, by the form in which files hold numbers. */
export const bytesOf = {
  float64: 8,
  float32: 4,
  float16: 2,
  bfloat16: 2,
  int64: 8,
  int32: 4,
  int16: 2,
  int8: 1,
  uint64: 8,
  uint32: 4,
  uint16: 2,
  uint8: 1,
  bool: 1,
} as const;

export type NumberFormat = keyof typeof bytesOf;

/** A number of a file that no float64 stands for exactly, or that is none. */
export interface UnreadNumber {
  /** Its position among the numbers. */
  readonly position: number;
  readonly detail: string;
}

const bigEndianMachine = endianness() === 'BE';
/** Up to here every whole number is a float64. */
const largestExact = 2n ** 53n;

/**
 * Decodes numbers that fill `bytes`, each of them exactly.
 * @param into where they go, as many as they are; a buffer of their own if it is left out
 */
export function decodeNumbers(
  bytes: Uint8Array,
  format: NumberFormat,
  bigEndian: boolean,
  into?: Float64Array,
): Float64Array | UnreadNumber {
  if (into === undefined) return decodeApart(bytes, format, bigEndian);
  if (format === 'float64') {
    const target = new Uint8Array(into.buffer, into.byteOffset, into.byteLength);
    target.set(bytes);
    inMachineOrder(target, 8, bigEndian);
    return into;
  }
  const numbers = decodeApart(bytes, format, bigEndian);
  if (numbers instanceof Float64Array) into.set(numbers);
  return numbers instanceof Float64Array ? into : numbers;
}

/** @returns numbers with a buffer of their own, whatever the alignment of the bytes */
function decodeApart(
  bytes: Uint8Array,
  format: NumberFormat,
  bigEndian: boolean,
): Float64Array | UnreadNumber {
  const { buffer } = inMachineOrder(new Uint8Array(bytes), bytesOf[format], bigEndian);
  switch (format) {
    case 'float64':
      return new Float64Array(buffer);
    case 'float32':
      return new Float64Array(new Float32Array(buffer));
    case 'float16':
      return Float64Array.from(new Uint16Array(buffer), fromHalf);
    case 'bfloat16':
      // The upper half of a float32.
      return new Float64Array(
        new Float32Array(Uint32Array.from(new Uint16Array(buffer), (bits) => bits << 16).buffer),
      );
    case 'int64':
      return exactIntegers(new BigInt64Array(buffer));
    case 'uint64':
      return exactIntegers(new BigUint64Array(buffer));
    case 'int32':
      return new Float64Array(new Int32Array(buffer));
    case 'uint32':
      return new Float64Array(new Uint32Array(buffer));
    case 'int16':
      return new Float64Array(new Int16Array(buffer));
    case 'uint16':
      return new Float64Array(new Uint16Array(buffer));
    case 'int8':
      return new Float64Array(new Int8Array(buffer));
    case 'uint8':
      return new Float64Array(new Uint8Array(buffer));
    case 'bool':
      return truthValues(new Uint8Array(buffer));
  }
}

/** The little-endian bytes of some values: a view of them where the machine has that order. */
export function littleEndianBytes(values: Float64Array): Uint8Array {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return bigEndianMachine ? inMachineOrder(new Uint8Array(bytes), 8, false) : bytes;
}

/** Turns the bytes of numbers of `size` bytes round, in place, where the machine has the other order. */
function inMachineOrder<T extends ArrayBufferLike>(
  bytes: Uint8Array<T>,
  size: number,
  bigEndian: boolean,
): Uint8Array<T> {
  if (bigEndian === bigEndianMachine) return bytes;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (size === 8) buffer.swap64();
  else if (size === 4) buffer.swap32();
  else if (size === 2) buffer.swap16();
  return bytes;
}

/** IEEE 754 binary16: 1 sign bit, 5 of exponent, 10 of fraction. */
function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

function exactIntegers(integers: BigInt64Array | BigUint64Array): Float64Array | UnreadNumber {
  const values = new Float64Array(integers.length);
  for (let i = 0; i < integers.length; i++) {
    const integer = integers[i];
    if (integer > largestExact || integer < -largestExact) {
      return { position: i, detail: `is ${integer}, beyond ±2^53, which float64 does not hold exactly` };
    }
    values[i] = Number(integer);
  }
  return values;
}

function truthValues(bytes: Uint8Array): Float64Array | UnreadNumber {
  const position = bytes.findIndex((byte) => byte > 1);
  if (position < 0) return new Float64Array(bytes);
  return { position, detail: `is the byte ${bytes[position]}, but a bool is 0 or 1` };
}
