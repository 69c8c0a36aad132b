import { isUtf8 } from 'node:buffer';
import { describeJson, quote } from '../describe-json.ts';
import type { FileReading } from './file-reading.ts';
import { mostTensors } from './file-reading.ts';
import { findRepeatedName } from './repeated-name.ts';

/** The format's own limit. */
export const largestHeader = 100_000_000;
const LENGTH_BYTES = 8;

/** What a header says of one tensor: to be read with care, nothing in it has been checked. */
export interface HeaderEntry {
  readonly name: string;
  readonly value: unknown;
}

export interface SafetensorsHeader {
  readonly entries: readonly HeaderEntry[];
  /** Where the tensors begin in the file. */
  readonly dataStart: number;
}

/**
 * Reads the header of a safetensors file: its length as a little-endian u64, then JSON of that length
 * (https://github.com/huggingface/safetensors, "Format").
 */
export function readSafetensorsHeader(
  bytes: Uint8Array,
  reading: FileReading,
): SafetensorsHeader | undefined {
  const text = headerText(bytes);
  if (typeof text !== 'string') {
    reading.refuse(text.fault);
    return undefined;
  }
  const header = parseHeader(text);
  if ('fault' in header) {
    reading.refuse(header.fault);
    return undefined;
  }
  const { __metadata__: metadata, ...tensors } = header.parsed;
  if (metadata !== undefined && !isStrings(metadata)) reading.refuse('has metadata that are not strings');
  const entries = Object.entries(tensors).map(([name, value]) => ({ name, value }));
  if (entries.length <= mostTensors) {
    return { entries, dataStart: LENGTH_BYTES + Buffer.byteLength(text) };
  }
  reading.refuse(`has more than ${mostTensors} tensors`);
  return undefined;
}

interface HeaderFault {
  readonly fault: string;
}

function headerText(bytes: Uint8Array): string | HeaderFault {
  if (bytes.byteLength < LENGTH_BYTES) {
    return { fault: `has ${bytes.byteLength} bytes: neither safetensors nor npz is that short` };
  }
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (length > largestHeader) {
    return {
      fault: `is neither safetensors nor npz nor a JSON object: as safetensors, its header would have ${length} bytes, more than ${largestHeader}`,
    };
  }
  const end = LENGTH_BYTES + Number(length);
  if (end > bytes.byteLength) {
    return { fault: `is truncated: its header ends at byte ${end}, the file at ${bytes.byteLength}` };
  }
  const header = Buffer.from(bytes.buffer, bytes.byteOffset + LENGTH_BYTES, Number(length));
  if (!isUtf8(header)) return { fault: 'has a header that is not UTF-8' };
  return header.toString('utf8');
}

function parseHeader(text: string): { readonly parsed: Readonly<Record<string, unknown>> } | HeaderFault {
  if (!text.startsWith('{')) return { fault: 'has a header that does not begin with {' };
  // Each tensor takes three brackets. What has more is not given to the parser, which would make objects of them.
  if (countBrackets(text) > 3 * mostTensors + 2) return { fault: `has more than ${mostTensors} tensors` };
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    return { fault: `has a header that is not JSON: ${error instanceof Error ? error.message : error}` };
  }
  if (typeof parsed !== 'object' || parsed === null) {
    return { fault: `has ${describeJson(parsed)} for a header` };
  }
  const repeated = findRepeatedName(text);
  if (repeated === undefined) return { parsed: { ...parsed } };
  return { fault: `has the name ${quote(repeated)} twice in one object of its header` };
}

function countBrackets(text: string): number {
  let count = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x5b || code === 0x7b) count++;
  }
  return count;
}

function isStrings(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((entry) => typeof entry === 'string');
}
