import { crc32 } from 'node:zlib';
import { writeNpyHeader } from './npy-writer.ts';
import { littleEndianBytes } from './number-format.ts';
import type { TensorOutline, TensorValues } from './tensor-outline.ts';

/** 4.4.4 of PKWARE's APPNOTE.TXT: sizes and CRC-32 follow the content; the name is UTF-8. */
const FLAGS = (1 << 3) | (1 << 11);
/** 4.4.3: what a reader must know to read this. */
const VERSION = 20;
/** 1980-01-01, the first day that a zip knows: the same gradient gives the same file. */
const DATE = (1 << 5) | 1;
/** Sizes and offsets have 32 bits here. */
const LARGEST = 2 ** 32 - 1;

/** An entry that has been written. */
interface WrittenEntry {
  readonly name: Buffer;
  readonly offset: number;
  readonly size: number;
  readonly checksum: number;
}

/**
 * Writes float64 tensors as an .npz file, uncompressed and piece by piece.
 * @param tensors each with a name of its own; below 4 GiB together, as any job is that fits into one memory
 * @throws Error when they are more
 */
export async function* writeNpz(
  tensors: readonly TensorOutline[],
  valuesOf: TensorValues,
): AsyncGenerator<Uint8Array> {
  const written: WrittenEntry[] = [];
  let position = 0;
  for (const tensor of tensors) {
    const name = Buffer.from(`${tensor.name}.npy`);
    const offset = position;
    const start = localHeader(name);
    const header = writeNpyHeader(tensor.shape);
    yield Buffer.concat([start, header]);
    let checksum = crc32(header);
    let size = header.byteLength;
    for await (const values of valuesOf(tensor)) {
      const bytes = littleEndianBytes(values);
      checksum = crc32(bytes, checksum);
      size += bytes.byteLength;
      yield bytes;
    }
    const sizes = descriptor(checksum, size);
    yield sizes;
    written.push({ name, offset, size, checksum });
    position += start.byteLength + size + sizes.byteLength;
    if (position > LARGEST) throw new Error(`an .npz file of more than ${LARGEST} bytes cannot be written`);
  }
  yield directory(written, position);
}

/** 4.3.7 */
function localHeader(name: Buffer): Buffer {
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50);
  header.writeUInt16LE(VERSION, 4);
  header.writeUInt16LE(FLAGS, 6);
  header.writeUInt16LE(DATE, 12);
  header.writeUInt16LE(name.byteLength, 26);
  return Buffer.concat([header, name]);
}

/** 4.3.9 */
function descriptor(checksum: number, size: number): Buffer {
  const sizes = Buffer.alloc(16);
  sizes.writeUInt32LE(0x08074b50);
  sizes.writeUInt32LE(checksum, 4);
  sizes.writeUInt32LE(size, 8);
  sizes.writeUInt32LE(size, 12);
  return sizes;
}

/** 4.3.12 for every entry, then 4.3.16 */
function directory(written: readonly WrittenEntry[], offset: number): Buffer {
  const headers = Buffer.concat(written.map(directoryEntry));
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50);
  end.writeUInt16LE(written.length, 8);
  end.writeUInt16LE(written.length, 10);
  end.writeUInt32LE(headers.byteLength, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([headers, end]);
}

function directoryEntry({ name, offset, size, checksum }: WrittenEntry): Buffer {
  const header = Buffer.alloc(46);
  header.writeUInt32LE(0x02014b50);
  header.writeUInt16LE(VERSION, 4);
  header.writeUInt16LE(VERSION, 6);
  header.writeUInt16LE(FLAGS, 8);
  header.writeUInt16LE(DATE, 14);
  header.writeUInt32LE(checksum, 16);
  header.writeUInt32LE(size, 20);
  header.writeUInt32LE(size, 24);
  header.writeUInt16LE(name.byteLength, 28);
  header.writeUInt32LE(offset, 42);
  return Buffer.concat([header, name]);
}
