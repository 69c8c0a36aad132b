import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { CommandError, causeOf } from './command-error.ts';

/** Reads the text of a job document from a file, or from standard input when `path` is `-`. */
export async function readSource(path: string): Promise<string> {
  try {
    return path === '-' ? await text(process.stdin) : await readFile(path, 'utf8');
  } catch (error) {
    throw new CommandError(`cannot read ${path}: ${causeOf(error)}`, { cause: error });
  }
}
