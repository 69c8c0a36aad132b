import { quote } from '../describe-json.ts';
import type { FileReading } from './file-reading.ts';
import { readNpyHeader } from './npy-header.ts';
import type { NumberFormat } from './number-format.ts';

/** `\x93NUMPY`, with which every .npy file begins. */
export const npyMagic = Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59);

/** More than any header of plain numbers takes. */
const LARGEST_HEADER = 1 << 16;

/** NumPy's codes of what can be read, without the byte order. */
const formats: Readonly<Record<string, NumberFormat>> = {
  f8: 'float64',
  f4: 'float32',
  f2: 'float16',
  i8: 'int64',
  i4: 'int32',
  i2: 'int16',
  i1: 'int8',
  u8: 'uint64',
  u4: 'uint32',
  u2: 'uint16',
  u1: 'uint8',
  b1: 'bool',
};

/** Reads an .npy file of version 1, 2 or 3 (NumPy Enhancement Proposal 1) and adds its tensor under a name. */
export function readNpy(name: string, bytes: Uint8Array, reading: FileReading): void {
  const content = splitNpy(bytes);
  if (typeof content === 'string') {
    reading.refuseTensor(name, content);
    return;
  }
  const header = readNpyHeader(content.header);
  if (typeof header === 'string') {
    reading.refuseTensor(name, header);
    return;
  }
  const { descr, fortranOrder, shape } = header;
  const type = readDescr(descr);
  if (typeof type === 'string') reading.refuseTensor(name, type);
  else reading.add(name, { shape, fortranOrder, ...type }, content.data);
}

/** @returns what is wrong as a sentence, if anything is */
function splitNpy(bytes: Uint8Array): { readonly header: string; readonly data: Uint8Array } | string {
  if (bytes.byteLength < 10 || npyMagic.some((byte, i) => bytes[i] !== byte)) {
    return 'it does not begin as an .npy file does';
  }
  const [major, minor] = bytes.subarray(6, 8);
  if (major < 1 || major > 3 || minor !== 0) return `.npy version ${major}.${minor} is not supported`;
  const start = major === 1 ? 10 : 12;
  if (bytes.byteLength < start) return 'it is truncated in its header';
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > LARGEST_HEADER) return `its header has ${length} bytes, more than ${LARGEST_HEADER}`;
  if (start + length > bytes.byteLength) return 'it is truncated in its header';
  const header = Buffer.from(bytes.buffer, bytes.byteOffset + start, length);
  return { header: header.toString(major === 3 ? 'utf8' : 'latin1'), data: bytes.subarray(start + length) };
}

/** @returns what is wrong as a sentence, if anything is */
function readDescr(descr: string): { readonly format: NumberFormat; readonly bigEndian: boolean } | string {
  const [, order, code] = /^([<>|=]?)(\w+)$/.exec(descr) ?? [];
  if (code === 'O') return 'it holds Python objects (dtype object), which are never loaded';
  if (code === undefined || !Object.hasOwn(formats, code)) {
    return `dtype ${quote(descr)} is not supported, only ${Object.keys(formats).join(', ')}`;
  }
  // "|" says that there is no order, "=" that it is the writer's own, which nobody here knows.
  if ((order === '|' || order === '=' || order === '') && !code.endsWith('1')) {
    return `dtype ${quote(descr)} does not say its byte order, < or >`;
  }
  return { format: formats[code], bigEndian: order === '>' };
}
