import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import type { JobFiles } from '../models/tensor-files.ts';
import { CommandError, causeOf } from './command-error.ts';

/** A job as the command was given it. */
export interface JobSource {
  /** The text of the document. */
  readonly document: string;
  /** Files with the model and tensors that the document does not hold. */
  readonly files: JobFiles;
}

/** Paths of such files. */
export interface FilePaths {
  readonly model?: string;
  /** One for each point. */
  readonly parameters?: readonly string[];
  /** Likewise. */
  readonly gradients?: readonly string[];
  readonly data?: string;
}

/** Reads a job document from a file, or from standard input when `path` is `-`, and the files that belong to it. */
export async function readSource(path: string, paths: FilePaths): Promise<JobSource> {
  const document = await reading(path, () => (path === '-' ? text(process.stdin) : readFile(path, 'utf8')));
  const { model, parameters = [], gradients = [], data } = paths;
  const files = {
    model: model === undefined ? undefined : await readBytes(model),
    parameters: await Promise.all(parameters.map(readBytes)),
    gradients: await Promise.all(gradients.map(readBytes)),
    data: data === undefined ? undefined : await readBytes(data),
  };
  return { document, files };
}

function readBytes(path: string): Promise<Uint8Array> {
  return reading(path, () => readFile(path));
}

async function reading<Content>(path: string, read: () => Promise<Content>): Promise<Content> {
  try {
    return await read();
  } catch (error) {
    throw new CommandError(`cannot read ${path}: ${causeOf(error)}`, { cause: error });
  }
}
