import { move, transferableSymbol, valueSymbol } from 'piscina';
import type { CheckJob } from '../src/check/check-job.ts';
import type { IntakeTask } from '../src/http/intake/document-intake.ts';
import { readDocument } from '../src/models/document/read-document.ts';
import { readUpload } from '../src/models/document/read-upload.ts';
import { freeBuffer } from '../src/threads/free-buffer.ts';

/** Reads one job document, with its files if it has any; its numbers go back without being copied. */
export default function intake({ bytes, fingerprinted, form }: IntakeTask): unknown {
  const release = () => freeBuffer(bytes.buffer);
  const outcome =
    form === undefined ? readDocument(bytes, fingerprinted) : readUpload(bytes, form, fingerprinted, release);
  release();
  if (outcome.kind !== 'job') return outcome;
  return move({ [transferableSymbol]: buffersOf(outcome.job), [valueSymbol]: outcome });
}

/** The buffers that hold tensors of the job and nothing else: one that holds more belongs to someone else as well. */
function buffersOf({ theta, claimed, data, spec }: CheckJob): ArrayBufferLike[] {
  const held = new Map<ArrayBufferLike, number>();
  for (const { values } of [...data, ...spec.graph.constants]) add(held, values);
  for (const values of [theta, claimed]) add(held, values);
  return [...held].flatMap(([buffer, bytes]) => (bytes === buffer.byteLength ? [buffer] : []));
}

function add(held: Map<ArrayBufferLike, number>, { buffer, byteLength }: Float64Array): void {
  held.set(buffer, (held.get(buffer) ?? 0) + byteLength);
}
