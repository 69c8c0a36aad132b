import { crc32, inflateRawSync } from 'node:zlib';
import type { ZipEntry } from './zip-directory.ts';

const LOCAL_HEADER = 0x04034b50;
const LOCAL_HEADER_BYTES = 30;
/** Deflate makes at most 258 bytes of 2 bits; what claims more has been made up. */
const LARGEST_RATIO = 1032;

/** What zlib takes. */
const SMALLEST_CHUNK = 64;

/** Where the bytes of an entry lie in its archive. */
export interface ZipExtent {
  readonly start: number;
  readonly end: number;
}

/** @returns what is wrong as a sentence, if anything is */
export function findZipExtent(archive: Uint8Array, entry: ZipEntry): ZipExtent | string {
  const { offset, compressedSize } = entry;
  const view = new DataView(archive.buffer, archive.byteOffset, archive.byteLength);
  if (offset + LOCAL_HEADER_BYTES > view.byteLength || view.getUint32(offset, true) !== LOCAL_HEADER) {
    return `it is not at byte ${offset}, where the archive's directory has it`;
  }
  const names = view.getUint16(offset + 26, true) + view.getUint16(offset + 28, true);
  const start = offset + LOCAL_HEADER_BYTES + names;
  const end = start + compressedSize;
  return end <= view.byteLength ? { start, end } : `it ends at byte ${end}, beyond the archive`;
}

/** The content of an entry, checked by its CRC-32. @returns what is wrong as a sentence, if anything is */
export function readZipContent(
  archive: Uint8Array,
  { start, end }: ZipExtent,
  { method, size, crc32: checksum }: ZipEntry,
): Uint8Array | string {
  const raw = archive.subarray(start, end);
  if (method === 'deflated' && size > LARGEST_RATIO * raw.byteLength) {
    return `${raw.byteLength} compressed bytes cannot hold the ${size} that the archive claims`;
  }
  const content = method === 'stored' ? raw : inflate(raw, size);
  if (typeof content === 'string') return content;
  if (content.byteLength !== size)
    return `it has ${content.byteLength} bytes, not ${size} as the archive says`;
  return crc32(content) === checksum ? content : 'it is damaged: its CRC-32 is not as the archive says';
}

function inflate(raw: Uint8Array, size: number): Uint8Array | string {
  try {
    // One byte too many is let through, so that it can be told; more end the inflation.
    return inflateRawSync(raw, { maxOutputLength: size + 1, chunkSize: Math.max(SMALLEST_CHUNK, size + 1) });
  } catch (error) {
    return `it cannot be inflated: ${error instanceof Error ? error.message : error}`;
  }
}
