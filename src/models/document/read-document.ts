import { isUtf8 } from 'node:buffer';
import type { CheckJob } from '../../check/check-job.ts';
import type { Fault } from '../../errors/fault.ts';
import { readJob } from '../read-job.ts';
import type { JobFiles } from '../tensor-files.ts';
import { fingerprint } from './fingerprint.ts';
import { findForbiddenNames } from './forbidden-names.ts';
import { describeJsonFault } from './json-fault.ts';

/** What a body turned out to be. Plain data: it may come from another thread. */
export type ReadOutcome =
  | { readonly kind: 'job'; readonly job: CheckJob; readonly fingerprint?: string }
  | { readonly kind: 'faults'; readonly faults: readonly Fault[] }
  /** Not JSON; `detail` says where. */
  | { readonly kind: 'malformed'; readonly detail: string }
  /** Not multipart/form-data; `detail` says where. */
  | { readonly kind: 'malformed-parts'; readonly detail: string };

/**
 * Reads the bytes of a job document.
 * @param fingerprinted whether the outcome shall name the document by its fingerprint, which costs time.
 * @param files what holds those of its tensors that are not in the document.
 */
export function readDocument(bytes: Uint8Array, fingerprinted: boolean, files?: JobFiles): ReadOutcome {
  if (!isUtf8(bytes)) return { kind: 'malformed', detail: 'the body is not UTF-8' };
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    return { kind: 'malformed', detail: describeBody(text, error) };
  }
  const forbidden = findForbiddenNames(text, document);
  if (forbidden.length > 0) return { kind: 'faults', faults: forbidden };
  return readParsed(document, fingerprinted, files);
}

function readParsed(document: unknown, fingerprinted: boolean, files: JobFiles | undefined): ReadOutcome {
  try {
    // Before the files are let go of.
    const print = fingerprinted ? fingerprint(document, files) : undefined;
    const read = readJob(document, files);
    return read.kind === 'faults' || print === undefined ? read : { ...read, fingerprint: print };
  } catch (error) {
    // V8 ends a recursion that is too deep with a RangeError: such a document is a client's fault, not the service's.
    if (!(error instanceof RangeError)) throw error;
    return { kind: 'faults', faults: [{ pointer: '', detail: 'the document is nested too deeply' }] };
  }
}

function describeBody(text: string, error: unknown): string {
  return text.trim() === '' ? 'the body is empty' : describeJsonFault(text, error);
}
