import { deserialize, serialize } from 'node:v8';
import type { ShardResult } from '../../check/shard.ts';
import { GradcheckError } from '../../errors/catalogue.ts';

/*
 * The stored form of a shard result: u8 version, u32 length (little-endian), then the structured-clone bytes, a
 * format that later Node versions go on reading. The version is that of the result's own fields, so that a later
 * program's results can be told apart; float64s are kept bit by bit.
 */
const VERSION = 3;
const HEAD_BYTES = 5;

export function encodeShardResult(result: ShardResult): Uint8Array {
  const body = serialize(result);
  const bytes = new Uint8Array(HEAD_BYTES + body.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, VERSION);
  view.setUint32(1, body.length, true);
  bytes.set(body, HEAD_BYTES);
  return bytes;
}

/** @throws GradcheckError `storage-failed` when the bytes were written by a later program or are cut short. */
export function decodeShardResult(stored: ArrayBuffer | Uint8Array): ShardResult {
  const bytes = stored instanceof ArrayBuffer ? new Uint8Array(stored) : stored;
  try {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (view.getUint8(0) !== VERSION) throw new RangeError(`version ${view.getUint8(0)} is not known`);
    if (view.getUint32(1, true) !== bytes.length - HEAD_BYTES) throw new RangeError('it is cut short');
    const result: ShardResult = deserialize(bytes.subarray(HEAD_BYTES));
    return result;
  } catch (cause) {
    throw new GradcheckError('storage-failed', 'A stored shard result cannot be read.', { cause });
  }
}
