import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Projection } from '../../src/check/directional/projection.ts';
import type { IndexPattern, ShardResult } from '../../src/check/shard.ts';
import { decodeShardResult, encodeShardResult } from '../../src/jobs/store/shard-result-codec.ts';

const u32 = fc.nat(0xffff_ffff);
const pattern: fc.Arbitrary<IndexPattern> = fc.oneof(
  fc.record({ kind: fc.constant('blocks' as const), start: u32, count: u32, blocks: u32, stride: u32 }),
  fc.record({ kind: fc.constant('list' as const), indices: fc.uint32Array({ maxLength: 9 }) }),
);
const entry = fc.record({
  parameter: u32,
  components: pattern,
  numeric: fc.float64Array({ maxLength: 9 }),
  role: fc.constantFrom('value' as const, 'audit' as const, 'replacement' as const),
  crossed: fc.uint32Array({ maxLength: 3 }),
});
const projection: fc.Arbitrary<Projection> = fc.record({
  parameter: u32,
  vector: fc.nat(7),
  start: u32,
  count: u32,
  numeric: fc.double(),
  claimed: fc.double(),
  unmoved: u32,
  distance: fc.double(),
  spread: fc.double(),
  size: fc.double(),
  rounding: fc.double(),
  truncation: fc.double(),
  factor: fc.double(),
  relativeNoise: fc.double(),
  crossed: fc.boolean(),
  evaluations: fc.nat(),
});
const noise = fc.array(fc.record({ deviation: fc.double(), scale: fc.double() }));
const origin = fc.record({
  cost: fc.double(),
  traits: fc.record({
    vanishing: fc.array(fc.record({ parameter: fc.string(), largest: fc.double(), isWeight: fc.boolean() })),
    saturation: fc.array(
      fc.record({ layer: fc.string(), op: fc.string(), flat: fc.nat(), values: fc.nat() }),
    ),
    twins: fc.constant([]),
    lostSteps: fc.constant([]),
  }),
});
const slopeGradient = fc.record({
  activation: fc.record({ entry: u32, exit: u32, layer: fc.string(), op: fc.string() }),
  parameter: u32,
  components: fc.int32Array(),
  numeric: fc.float64Array(),
});
const anyResult: fc.Arbitrary<ShardResult> = fc.oneof(
  fc.record({ stage: fc.constant('prepare' as const), index: u32, noise, origin, evaluations: fc.nat() }),
  fc.record({
    stage: fc.constantFrom('sweep' as const, 'refine' as const, 'bisect' as const),
    index: u32,
    entries: fc.array(entry, { maxLength: 5 }),
    projections: fc.array(projection, { maxLength: 3 }),
    evaluations: fc.nat(),
  }),
  fc.record({
    stage: fc.constant('diagnose' as const),
    index: u32,
    gradients: fc.array(slopeGradient, { maxLength: 3 }),
    evaluations: fc.nat(),
  }),
);

describe('the stored form of shard results', () => {
  it('gives back what was encoded', () => {
    fc.assert(
      fc.property(anyResult, (result) => {
        expect(decodeShardResult(encodeShardResult(result))).toEqual(result);
      }),
    );
  });

  it('is read from the middle of a buffer and from an ArrayBuffer alike', () => {
    fc.assert(
      fc.property(anyResult, fc.nat(9), (result, offset) => {
        const bytes = encodeShardResult(result);
        const pool = new Uint8Array(offset + bytes.length);
        pool.set(bytes, offset);
        expect(decodeShardResult(pool.subarray(offset))).toEqual(result);
        expect(decodeShardResult(bytes.slice().buffer)).toEqual(result);
      }),
    );
  });

  it('is refused when it is cut short', () => {
    fc.assert(
      fc.property(anyResult, fc.nat(), (result, cut) => {
        const bytes = encodeShardResult(result);
        const short = bytes.subarray(0, cut % bytes.length);
        expect(() => decodeShardResult(short)).toThrow(expect.objectContaining({ code: 'storage-failed' }));
      }),
    );
  });

  it('is refused when a later program wrote it', () => {
    const bytes = encodeShardResult({ stage: 'sweep', index: 0, entries: [], evaluations: 1 });
    bytes[0] += 1;
    expect(() => decodeShardResult(bytes)).toThrow(expect.objectContaining({ code: 'storage-failed' }));
  });
});
