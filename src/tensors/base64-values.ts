import { endianness } from 'node:os';
import type { TensorFaults } from './tensor-faults.ts';

/** The formats that numbers may be in. */
export type Base64Dtype = 'float64' | 'float32';

const bytesOf: Readonly<Record<Base64Dtype, number>> = { float64: 8, float32: 4 };
const bigEndian = endianness() === 'BE';

/**
 * Decodes `count` numbers from padded base64 (RFC 4648 section 4) of their little-endian bytes. The length is checked
 * before anything is allocated, so a shape cannot claim more memory than the text has.
 */
export function decodeBase64(
  text: string,
  dtype: Base64Dtype,
  count: number,
  faults: TensorFaults,
): Float64Array {
  const bytes = count * bytesOf[dtype];
  const expected = Math.ceil(bytes / 3) * 4;
  const wrong =
    faultyCharacter(text) ??
    (text.length === expected && text.length - paddingOf(text) === Math.ceil((bytes * 4) / 3)
      ? undefined
      : `base64 of ${count} ${dtype} has ${expected} characters with its padding, not ${text.length}`);
  if (wrong !== undefined) {
    faults.add(['base64'], wrong);
    return new Float64Array(0);
  }
  const target = dtype === 'float64' ? new Float64Array(count) : new Float32Array(count);
  const buffer = Buffer.from(target.buffer);
  buffer.write(text, 'base64');
  if (bigEndian) swap(buffer, dtype);
  return target instanceof Float64Array ? target : Float64Array.from(target);
}

/** Encodes numbers as `decodeBase64` reads them; for float32 they are rounded to it. */
export function encodeBase64(values: Float64Array, dtype: Base64Dtype): string {
  const source = dtype === 'float64' ? Float64Array.from(values) : Float32Array.from(values);
  const buffer = Buffer.from(source.buffer);
  if (bigEndian) swap(buffer, dtype);
  return buffer.toString('base64');
}

function faultyCharacter(text: string): string | undefined {
  // Node's decoder skips what is not base64, so a damaged text must be found here. The pattern has no repetition: it
  // scans in constant memory.
  const at = text.search(/[^A-Za-z0-9+/=]/);
  if (at >= 0) return `not base64: character ${at} is ${JSON.stringify(text.charAt(at))}`;
  const padding = text.indexOf('=');
  return padding >= 0 && padding < text.length - 2
    ? `not base64: padding at character ${padding}`
    : undefined;
}

function paddingOf(text: string): number {
  const padding = text.indexOf('=', Math.max(0, text.length - 2));
  return padding < 0 ? 0 : text.length - padding;
}

function swap(buffer: Buffer, dtype: Base64Dtype): void {
  if (dtype === 'float64') buffer.swap64();
  else buffer.swap32();
}
