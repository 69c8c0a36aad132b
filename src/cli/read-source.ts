import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { type FilePart, fileParts, type JobFiles } from '../models/tensor-files.ts';
import { CommandError, causeOf } from './command-error.ts';

/** A job as the command was given it. */
export interface JobSource {
  /** The text of the document. */
  readonly document: string;
  /** Files with the model and tensors that the document does not hold. */
  readonly files: JobFiles;
}

/** Paths of such files. */
export type FilePaths = Readonly<Partial<Record<FilePart, string>>>;

/** Reads a job document from a file, or from standard input when `path` is `-`, and the files that belong to it. */
export async function readSource(path: string, filePaths: FilePaths): Promise<JobSource> {
  const document = await reading(path, () => (path === '-' ? text(process.stdin) : readFile(path, 'utf8')));
  const files: Partial<Record<FilePart, Uint8Array>> = {};
  for (const part of fileParts) {
    const filePath = filePaths[part];
    if (filePath !== undefined) files[part] = await reading(filePath, () => readFile(filePath));
  }
  return { document, files };
}

async function reading<Content>(path: string, read: () => Promise<Content>): Promise<Content> {
  try {
    return await read();
  } catch (error) {
    throw new CommandError(`cannot read ${path}: ${causeOf(error)}`, { cause: error });
  }
}
