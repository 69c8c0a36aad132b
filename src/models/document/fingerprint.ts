import { createHash, type Hash } from 'node:crypto';
import { fileParts, filesOf, type JobFiles } from '../tensor-files.ts';

const FLUSH_CHARACTERS = 1 << 16;

/**
 * SHA-256, in hex, of a parsed JSON document written with sorted member names and without spaces: equal for two
 * texts that mean the same. Files that belong to it count by their bytes.
 */
export function fingerprint(document: unknown, files: JobFiles = {}): string {
  const writer = new CanonicalWriter();
  writer.write(document);
  for (const section of fileParts) {
    for (const bytes of filesOf(files[section])) {
      writer.write({ [section]: createHash('sha256').update(bytes).digest('hex') });
    }
  }
  return writer.digest();
}

/** Hashes piece by piece, so that a large document is not written out whole. */
class CanonicalWriter {
  readonly #hash: Hash = createHash('sha256');
  #pending = '';

  write(value: unknown): void {
    if (Array.isArray(value)) this.#array(value);
    else if (typeof value === 'object' && value !== null) this.#object(value);
    else this.#append(JSON.stringify(value));
  }

  digest(): string {
    return this.#hash.update(this.#pending).digest('hex');
  }

  #array(values: readonly unknown[]): void {
    this.#append('[');
    for (let i = 0; i < values.length; i++) {
      if (i > 0) this.#append(',');
      this.write(values[i]);
    }
    this.#append(']');
  }

  #object(value: object): void {
    const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    this.#append('{');
    members.forEach(([name, member], i) => {
      this.#append(`${i > 0 ? ',' : ''}${JSON.stringify(name)}:`);
      this.write(member);
    });
    this.#append('}');
  }

  #append(piece: string): void {
    this.#pending += piece;
    if (this.#pending.length < FLUSH_CHARACTERS) return;
    this.#hash.update(this.#pending);
    this.#pending = '';
  }
}
