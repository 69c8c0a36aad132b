import type { Faults } from '../errors/fault.ts';
import { readTensorFile } from '../tensors/files/tensor-file.ts';
import { TensorRoom } from '../tensors/files/tensor-room.ts';
import { isJsonFile, readJsonTensorFile } from './json-tensor-file.ts';
import type { NamedTensors } from './model-format.ts';

/** The sections of a job document whose tensors may come in a file. */
export const tensorSections = ['parameters', 'gradients', 'data'] as const;

export type TensorSection = (typeof tensorSections)[number];

/** The parts of a job that may come as files. */
export const fileParts = ['model', ...tensorSections] as const;

export type FilePart = (typeof fileParts)[number];

/** Files that add to a job document: named tensors for its sections – safetensors, .npz or JSON – and its model. */
export interface JobFiles {
  readonly model?: Uint8Array | undefined;
  readonly parameters?: Uint8Array | undefined;
  readonly gradients?: Uint8Array | undefined;
  readonly data?: Uint8Array | undefined;
  /** The most bytes, as float64, that the tensors of all files may take; no limit if it is not given. */
  readonly maxTensorBytes?: number | undefined;
  /** The longest JSON, in bytes. */
  readonly maxJsonBytes?: number | undefined;
  /** Called once the files have been read: whoever has their bytes may let go of them before the job is put together. */
  readonly onRead?: (() => void) | undefined;
}

export type FileTensors = Readonly<Partial<Record<TensorSection, NamedTensors>>>;

/** Reads the files that there are. Faults are told at `/parameters` and so on, and below at a tensor's name. */
export function readTensorFiles(files: JobFiles | undefined, faults: Faults): FileTensors {
  if (files === undefined) return {};
  const room = new TensorRoom(files.maxTensorBytes ?? Number.POSITIVE_INFINITY);
  const read: Partial<Record<TensorSection, NamedTensors>> = {};
  for (const section of tensorSections) {
    const bytes = files[section];
    if (bytes === undefined) continue;
    const options = { pointer: `/${section}`, faults, room };
    read[section] = isJsonFile(bytes)
      ? readJsonTensorFile(bytes, { ...options, maxBytes: files.maxJsonBytes })
      : readTensorFile(bytes, options);
  }
  return read;
}
