import type { IndexPattern, ShardEntry, ShardResult } from '../../check/shard.ts';
import { GradcheckError } from '../../errors/catalogue.ts';

/*
 * The stored form of a shard result, little-endian. Its first byte is the version of this layout, so that results
 * outlive a Node upgrade and a later layout can be told apart; float64s are kept bit by bit.
 *
 *   u8 version · u8 stage (1 prepare, 2 sweep) · u16 0 · u32 shard index · f64 evaluations
 *   prepare: f64 cost
 *   sweep:   u32 entries · u32 0, then per entry 8 × u32:
 *            parameter · pattern kind (1 blocks, 2 list) · start · count · blocks · stride · values · list length,
 *            then the float64s of every entry, then the u32 lists of every entry
 */
const VERSION = 1;
const HEAD_BYTES = 16;
const ENTRY_BYTES = 32;
const PREPARE = 1;
const SWEEP = 2;
const BLOCKS = 1;
const LIST = 2;

export function encodeShardResult(result: ShardResult): Uint8Array {
  const bytes = new Uint8Array(encodedBytes(result));
  const view = new DataView(bytes.buffer);
  view.setUint8(0, VERSION);
  view.setUint8(1, result.stage === 'prepare' ? PREPARE : SWEEP);
  view.setUint32(4, result.index, true);
  view.setFloat64(8, result.evaluations, true);
  if (result.stage === 'prepare') view.setFloat64(HEAD_BYTES, result.cost, true);
  else writeEntries(view, result.entries);
  return bytes;
}

/** @throws GradcheckError `storage-failed` when the bytes were written by a later layout or are cut short. */
export function decodeShardResult(bytes: ArrayBuffer | Uint8Array): ShardResult {
  // A copy of its own, so that the views below are aligned and share nothing with a driver's pool.
  const own = bytes instanceof ArrayBuffer ? bytes : Uint8Array.from(bytes).buffer;
  const view = new DataView(own);
  try {
    if (view.getUint8(0) !== VERSION) throw new RangeError(`layout ${view.getUint8(0)} is not known`);
    const index = view.getUint32(4, true);
    const evaluations = view.getFloat64(8, true);
    const stage = view.getUint8(1);
    if (stage === PREPARE) {
      return { stage: 'prepare', index, cost: view.getFloat64(HEAD_BYTES, true), evaluations };
    }
    if (stage === SWEEP) return { stage: 'sweep', index, entries: readEntries(view), evaluations };
    throw new RangeError(`stage ${stage} is not known`);
  } catch (cause) {
    throw new GradcheckError('storage-failed', 'A stored shard result cannot be read.', { cause });
  }
}

function encodedBytes(result: ShardResult): number {
  if (result.stage === 'prepare') return HEAD_BYTES + 8;
  let bytes = HEAD_BYTES + 8;
  for (const { numeric, components } of result.entries) {
    bytes += ENTRY_BYTES + numeric.byteLength + listOf(components).byteLength;
  }
  return bytes;
}

const NO_LIST = new Uint32Array(0);

function listOf(pattern: IndexPattern): Uint32Array {
  return pattern.kind === 'list' ? pattern.indices : NO_LIST;
}

function writeEntries(view: DataView, entries: readonly ShardEntry[]): void {
  view.setUint32(HEAD_BYTES, entries.length, true);
  let at = HEAD_BYTES + 8;
  for (const { parameter, components, numeric } of entries) {
    const blocks = components.kind === 'blocks' ? components : { start: 0, count: 0, blocks: 0, stride: 0 };
    const kind = components.kind === 'blocks' ? BLOCKS : LIST;
    const fields = [parameter, kind, blocks.start, blocks.count, blocks.blocks, blocks.stride];
    for (const field of [...fields, numeric.length, listOf(components).length]) {
      view.setUint32(at, field, true);
      at += 4;
    }
  }
  for (const { numeric } of entries) {
    new Float64Array(view.buffer, at, numeric.length).set(numeric);
    at += numeric.byteLength;
  }
  for (const { components } of entries) {
    const list = listOf(components);
    new Uint32Array(view.buffer, at, list.length).set(list);
    at += list.byteLength;
  }
}

function readEntries(view: DataView): ShardEntry[] {
  const count = view.getUint32(HEAD_BYTES, true);
  const field = (entry: number, position: number) =>
    view.getUint32(HEAD_BYTES + 8 + entry * ENTRY_BYTES + position * 4, true);
  let valuesAt = HEAD_BYTES + 8 + count * ENTRY_BYTES;
  let listAt = valuesAt;
  for (let entry = 0; entry < count; entry++) listAt += field(entry, 6) * 8;
  const entries: ShardEntry[] = [];
  for (let entry = 0; entry < count; entry++) {
    const numeric = new Float64Array(view.buffer, valuesAt, field(entry, 6)).slice();
    valuesAt += numeric.byteLength;
    const indices = new Uint32Array(view.buffer, listAt, field(entry, 7)).slice();
    listAt += indices.byteLength;
    const components: IndexPattern =
      field(entry, 1) === LIST
        ? { kind: 'list', indices }
        : {
            kind: 'blocks',
            start: field(entry, 2),
            count: field(entry, 3),
            blocks: field(entry, 4),
            stride: field(entry, 5),
          };
    entries.push({ parameter: field(entry, 0), components, numeric });
  }
  if (listAt !== view.byteLength) throw new RangeError('its length is not that of its entries');
  return entries;
}
