import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Fault, Faults } from '../../src/errors/fault.ts';
import { readTensorFile } from '../../src/tensors/files/tensor-file.ts';
import { TensorRoom } from '../../src/tensors/files/tensor-room.ts';
import type { Tensor } from '../../src/tensors/tensor.ts';
import { projectRoot } from '../structure/import-graph.ts';

/** A file of test/fixtures/tensor-files. */
export function fixture(name: string): Buffer {
  return readFileSync(join(projectRoot, 'test/fixtures/tensor-files', name));
}

export interface ReadTensors {
  readonly tensors: ReadonlyMap<string, Tensor | undefined>;
  readonly faults: readonly Fault[];
}

/** Reads a file as the parameters of a job. */
export function readTensors(bytes: Uint8Array, { limit = 2 ** 20 }: { limit?: number } = {}): ReadTensors {
  const faults = new Faults();
  const room = new TensorRoom(limit);
  const tensors = readTensorFile(bytes, { pointer: '/parameters', faults, room });
  return { tensors, faults: faults.list };
}

/** The one fault of a file as `pointer: detail`, which must be the only one. */
export function refusalOf(bytes: Uint8Array, limit?: number): string {
  const { faults } = readTensors(bytes, limit === undefined ? {} : { limit });
  if (faults.length !== 1) throw new Error(`${faults.length} faults: ${JSON.stringify(faults)}`);
  return `${faults[0].pointer}: ${faults[0].detail}`;
}

/** A safetensors file of any header and data. */
export function safetensorsOf(header: string, data = new Uint8Array(0), length = Buffer.byteLength(header)) {
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(BigInt(length));
  return Buffer.concat([prefix, Buffer.from(header), data]);
}

/** An .npy file of version 1 with any dictionary and data. */
export function npyOf(dictionary: string, data = new Uint8Array(0)): Buffer {
  const prefix = Buffer.from('\x93NUMPY\x01\x00\x00\x00', 'latin1');
  prefix.writeUInt16LE(Buffer.byteLength(dictionary), 8);
  return Buffer.concat([prefix, Buffer.from(dictionary), data]);
}
