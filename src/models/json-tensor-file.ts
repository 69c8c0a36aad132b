import { constants, isUtf8 } from 'node:buffer';
import { type Faults, pointerTo } from '../errors/fault.ts';
import { describeJson, quote } from '../tensors/describe-json.ts';
import { findRepeatedName } from '../tensors/files/repeated-name.ts';
import { largestHeader } from '../tensors/files/safetensors-header.ts';
import type { TensorRoom } from '../tensors/files/tensor-room.ts';
import { readJsonTensor } from '../tensors/json-tensor.ts';
import type { Tensor } from '../tensors/tensor.ts';
import { findForbiddenNames } from './document/forbidden-names.ts';
import { describeJsonFault } from './document/json-fault.ts';
import type { NamedTensors } from './model-format.ts';
import { isObject } from './schema-faults.ts';

export interface JsonFileOptions {
  /** Where the tensors belong: `/parameters`. */
  readonly pointer: string;
  readonly faults: Faults;
  readonly room: TensorRoom;
  /** The longest text, in bytes; as long as a string can be if it is not given. */
  readonly maxBytes?: number | undefined;
}

/**
 * Whether a file is JSON, by its first bytes: an object begins with a brace. So may safetensors, but there they tell
 * the header's length, and those of a text, read so, are far beyond its limit.
 */
export function isJsonFile(bytes: Uint8Array): boolean {
  const start = bytes.findIndex((byte) => byte !== 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d);
  if (bytes[start] !== 0x7b) return false;
  return (
    bytes.byteLength < 8 ||
    new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true) > BigInt(largestHeader)
  );
}

/**
 * Reads a JSON object of tensors, each as a job document holds it. What is wrong is told at its own place, as it
 * would be in the document; such a tensor is in the map without a value.
 */
export function readJsonTensorFile(bytes: Uint8Array, options: JsonFileOptions): NamedTensors {
  const { pointer, faults, room } = options;
  const tensors = new Map<string, Tensor | undefined>();
  for (const [name, value] of Object.entries(parse(bytes, options))) {
    const at = pointerTo(pointer, name);
    const tensor = readJsonTensor(value, at, faults);
    const isTaken = tensor === undefined || room.take(tensor.values.byteLength);
    tensors.set(name, isTaken ? tensor : undefined);
    if (!isTaken) {
      const detail = `its ${tensor.values.byteLength} bytes as float64 go beyond the limit of ${room.limit} for the tensors of all files`;
      faults.add(at, detail);
    }
  }
  return tensors;
}

/** @returns an empty object when there is a fault */
function parse(bytes: Uint8Array, options: JsonFileOptions): object {
  const { pointer, faults, maxBytes = constants.MAX_STRING_LENGTH } = options;
  const refuse = (detail: string) => {
    faults.add(pointer, `the file ${detail}`);
    return {};
  };
  if (bytes.byteLength > maxBytes) {
    return refuse(
      `is ${bytes.byteLength} bytes of JSON, more than ${maxBytes}: save it as safetensors or .npz`,
    );
  }
  if (!isUtf8(bytes)) return refuse('begins as JSON does, but is not UTF-8');
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    return refuse(`is not JSON: ${describeJsonFault(text, error)}`);
  }
  if (!isObject(document)) return refuse(`holds ${describeJson(document)}, not an object of named tensors`);
  const forbidden = findForbiddenNames(text, document);
  for (const fault of forbidden) faults.add(`${pointer}${fault.pointer}`, fault.detail);
  if (forbidden.length > 0) return {};
  const repeated = findRepeatedName(text);
  return repeated === undefined ? document : refuse(`has the name ${quote(repeated)} twice in one object`);
}
