import type { Faults } from '../errors/fault.ts';
import { readTensorFile } from '../tensors/files/tensor-file.ts';
import { TensorRoom } from '../tensors/files/tensor-room.ts';
import { isJsonFile, readJsonTensorFile } from './json-tensor-file.ts';
import type { NamedTensors } from './model-format.ts';

/** The sections of a job document of which each of its points has its own; there may be a file for each point. */
export const pointSections = ['parameters', 'gradients'] as const;

/** The parts of a job that may come as files. */
export const fileParts = ['model', ...pointSections, 'data'] as const;

export type FilePart = (typeof fileParts)[number];

/** Files that add to a job document: named tensors for its sections – safetensors, .npz or JSON – and its model. */
export interface JobFiles {
  readonly model?: Uint8Array | undefined;
  /** Of a job with several points, the k-th is of the k-th point. */
  readonly parameters?: Uint8Array | readonly Uint8Array[] | undefined;
  /** Likewise. */
  readonly gradients?: Uint8Array | readonly Uint8Array[] | undefined;
  readonly data?: Uint8Array | undefined;
  /** The most bytes, as float64, that the tensors of all files may take; no limit if it is not given. */
  readonly maxTensorBytes?: number | undefined;
  /** The longest JSON, in bytes. */
  readonly maxJsonBytes?: number | undefined;
  /** Called once the files have been read: whoever has their bytes may let go of them before the job is put together. */
  readonly onRead?: (() => void) | undefined;
}

/** The files of one part, in order. */
export function filesOf(part: Uint8Array | readonly Uint8Array[] | undefined): readonly Uint8Array[] {
  if (part === undefined) return [];
  return part instanceof Uint8Array ? [part] : part;
}

/** Reads files of tensors, which share the room that there is. */
export class TensorFileReader {
  readonly #room: TensorRoom;
  readonly #maxJsonBytes: number | undefined;

  constructor({ maxTensorBytes = Number.POSITIVE_INFINITY, maxJsonBytes }: JobFiles = {}) {
    this.#room = new TensorRoom(maxTensorBytes);
    this.#maxJsonBytes = maxJsonBytes;
  }

  /** Faults are told at `pointer`, that of the section, and below at a tensor's name. @returns undefined for no file */
  read(bytes: Uint8Array | undefined, pointer: string, faults: Faults): NamedTensors | undefined {
    if (bytes === undefined) return undefined;
    const options = { pointer, faults, room: this.#room };
    return isJsonFile(bytes)
      ? readJsonTensorFile(bytes, { ...options, maxBytes: this.#maxJsonBytes })
      : readTensorFile(bytes, options);
  }
}
