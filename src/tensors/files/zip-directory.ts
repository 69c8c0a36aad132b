import { isUtf8 } from 'node:buffer';
import { quote } from '../describe-json.ts';

/*
 * The directory at the end of a zip file, by the numbers of PKWARE's APPNOTE.TXT 6.3.10: 4.3.12 the headers, 4.3.16
 * the end record, 4.3.14 and 4.3.15 its 64-bit forms, 4.5.3 the 64-bit fields of an entry.
 */

/** One file of an archive, as the directory has it. */
export interface ZipEntry {
  readonly name: string;
  readonly method: 'stored' | 'deflated';
  /** Position of its local header. */
  readonly offset: number;
  readonly compressedSize: number;
  readonly size: number;
  readonly crc32: number;
}

const END = 0x06054b50;
const END_64 = 0x06064b50;
const LOCATOR_64 = 0x07064b50;
const HEADER = 0x02014b50;
const END_BYTES = 22;
const LOCATOR_64_BYTES = 20;
const END_64_BYTES = 56;
const HEADER_BYTES = 46;
const LONGEST_COMMENT = 0xffff;
const IN_64_BITS = 0xffffffff;

interface Directory {
  readonly offset: number;
  readonly bytes: number;
  readonly entries: number;
}

/**
 * Reads the directory of an archive.
 * @param mostEntries more are refused before any is read
 * @returns what is wrong as a sentence, if anything is
 */
export function readZipDirectory(bytes: Uint8Array, mostEntries: number): readonly ZipEntry[] | string {
  const file = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const directory = findDirectory(file);
  if (typeof directory === 'string') return directory;
  if (directory.entries > mostEntries) return `has more than ${mostEntries} entries`;
  const end = directory.offset + directory.bytes;
  const entries: ZipEntry[] = [];
  let position = directory.offset;
  for (let i = 0; i < directory.entries; i++) {
    if (position + HEADER_BYTES > end || file.getUint32(position, true) !== HEADER) {
      return `has no directory entry ${i} at byte ${position}`;
    }
    const length =
      HEADER_BYTES + [28, 30, 32].reduce((sum, at) => sum + file.getUint16(position + at, true), 0);
    if (position + length > end) return `has a directory entry at byte ${position} that ends beyond it`;
    const entry = readEntry(bytes.subarray(position, position + length));
    if (typeof entry === 'string') return entry;
    entries.push(entry);
    position += length;
  }
  return position === end ? entries : `has more in its directory than its ${directory.entries} entries`;
}

function findDirectory(file: DataView): Directory | string {
  const first = Math.max(0, file.byteLength - END_BYTES - LONGEST_COMMENT);
  for (let at = file.byteLength - END_BYTES; at >= first; at--) {
    if (file.getUint32(at, true) !== END) continue;
    // The comment must reach to the file's end, or the signature stands in a comment.
    if (at + END_BYTES + file.getUint16(at + 20, true) !== file.byteLength) continue;
    return checkDirectory(readEnd(file, at), at);
  }
  return 'is truncated, or no zip file: it has no end of a directory';
}

function readEnd(file: DataView, at: number): Directory | string {
  if (file.getUint16(at + 4, true) !== 0 && file.getUint16(at + 4, true) !== 0xffff) {
    return 'is a part of a zip file in several parts';
  }
  const directory = {
    entries: file.getUint16(at + 10, true),
    bytes: file.getUint32(at + 12, true),
    offset: file.getUint32(at + 16, true),
  };
  const locator = at - LOCATOR_64_BYTES;
  if (locator < 0 || file.getUint32(locator, true) !== LOCATOR_64) return directory;
  const end = Number(file.getBigUint64(locator + 8, true));
  if (end + END_64_BYTES > locator || file.getUint32(end, true) !== END_64) {
    return 'has no 64-bit end of its directory where it says';
  }
  return {
    entries: Number(file.getBigUint64(end + 32, true)),
    bytes: Number(file.getBigUint64(end + 40, true)),
    offset: Number(file.getBigUint64(end + 48, true)),
  };
}

function checkDirectory(directory: Directory | string, end: number): Directory | string {
  if (typeof directory === 'string' || directory.offset + directory.bytes <= end) return directory;
  return 'has a directory that goes beyond its end';
}

/** @param header one entry of the directory, with its name, extra fields and comment */
function readEntry(header: Uint8Array): ZipEntry | string {
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  const nameEnd = HEADER_BYTES + view.getUint16(28, true);
  const nameBytes = header.subarray(HEADER_BYTES, nameEnd);
  if (!isUtf8(nameBytes)) return 'has an entry whose name is not UTF-8';
  const name = Buffer.from(nameBytes).toString('utf8');
  if (view.getUint16(8, true) & 1) return `has an encrypted entry ${quote(name)}`;
  const method = view.getUint16(10, true);
  if (method !== 0 && method !== 8) {
    return `has an entry ${quote(name)} compressed by method ${method}; only deflate is supported`;
  }
  const extra = header.subarray(nameEnd, nameEnd + view.getUint16(30, true));
  const wide = readWideFields(extra, {
    size: view.getUint32(24, true),
    compressedSize: view.getUint32(20, true),
    offset: view.getUint32(42, true),
  });
  if (wide === undefined) return `has an entry ${quote(name)} without its 64-bit sizes`;
  return { name, method: method === 0 ? 'stored' : 'deflated', crc32: view.getUint32(16, true), ...wide };
}

interface WideFields {
  readonly size: number;
  readonly compressedSize: number;
  readonly offset: number;
}

/** Fields that do not fit into 32 bits come in an extra field with tag 1, in this order. */
function readWideFields(extra: Uint8Array, narrow: WideFields): WideFields | undefined {
  const { size, compressedSize, offset } = narrow;
  if (size !== IN_64_BITS && compressedSize !== IN_64_BITS && offset !== IN_64_BITS) return narrow;
  const fields = findExtraField(extra, 1);
  let position = 0;
  const widen = (value: number): number => {
    if (value !== IN_64_BITS) return value;
    position += 8;
    if (fields === undefined || position > fields.byteLength) return Number.NaN;
    return Number(fields.getBigUint64(position - 8, true));
  };
  const wide = { size: widen(size), compressedSize: widen(compressedSize), offset: widen(offset) };
  return Object.values(wide).every(Number.isSafeInteger) ? wide : undefined;
}

function findExtraField(extra: Uint8Array, tag: number): DataView | undefined {
  const view = new DataView(extra.buffer, extra.byteOffset, extra.byteLength);
  for (let at = 0; at + 4 <= view.byteLength; ) {
    const length = view.getUint16(at + 2, true);
    if (view.getUint16(at, true) === tag && at + 4 + length <= view.byteLength) {
      return new DataView(extra.buffer, extra.byteOffset + at + 4, length);
    }
    at += 4 + length;
  }
  return undefined;
}
