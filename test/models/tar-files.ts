import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

const BLOCK = 512;

/** The files in a gzipped tar by their path, as GNU's tar writes it: a path over 100 bytes is an entry of its own. */
export function readTarFiles(archive: string): ReadonlyMap<string, Uint8Array> {
  const bytes = gunzipSync(readFileSync(archive));
  const files = new Map<string, Uint8Array>();
  let longPath: string | undefined;
  for (let at = 0; at + BLOCK <= bytes.length && bytes[at] !== 0; ) {
    const text = (from: number, length: number) =>
      bytes.toString('utf8', at + from, at + from + length).split('\0', 1)[0];
    const [kind, size] = [text(156, 1), Number.parseInt(text(124, 12), 8)];
    const path = longPath ?? text(0, 100);
    longPath = kind === 'L' ? text(BLOCK, size) : undefined;
    if (kind === '0' || kind === '') files.set(path, bytes.subarray(at + BLOCK, at + BLOCK + size));
    else if (kind !== 'L' && kind !== '5') throw new Error(`${path} is an entry of the kind ${kind}`);
    at += BLOCK * (1 + Math.ceil(size / BLOCK));
  }
  return files;
}
