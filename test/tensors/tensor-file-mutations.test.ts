import { describe, expect, it } from 'vitest';
import { sizeOf } from '../../src/tensors/tensor.ts';
import { seededRandom } from '../soak/seeded-random.ts';
import { fixture, npyOf, readTensors } from './read-tensors.ts';
import { zipOf } from './zip-of.ts';

const FILES = 10_000;
const LIMIT = 2 ** 20;

type Random = () => number;

/** What befalls a file: damage anywhere, at its ends, where headers are, or of its length. */
const mutations: readonly ((bytes: Buffer, random: Random) => Buffer)[] = [
  (bytes, random) => {
    const mutated = Buffer.from(bytes);
    for (let i = 0; i < 1 + below(random, 8); i++) mutated[below(random, bytes.length)] = below(random, 256);
    return mutated;
  },
  (bytes, random) => {
    const mutated = Buffer.from(bytes);
    mutated[below(random, bytes.length)] ^= 1 << below(random, 8);
    return mutated;
  },
  (bytes, random) => {
    const mutated = Buffer.from(bytes);
    const length = Math.min(8, bytes.length);
    const value = [0, 0xff, 0x7f][below(random, 3)];
    const start = below(random, bytes.length - length + 1);
    return mutated.fill(value, start, start + 1 + below(random, length));
  },
  (bytes, random) => bytes.subarray(0, below(random, bytes.length)),
  (bytes, random) => bytes.subarray(below(random, bytes.length)),
  (bytes, random) => {
    const at = below(random, bytes.length);
    const from = below(random, bytes.length);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(from, from + 64), bytes.subarray(at)]);
  },
  (bytes, random) => {
    const digits = [...bytes.keys()].filter((at) => bytes[at] >= 0x30 && bytes[at] <= 0x39);
    const mutated = Buffer.from(bytes);
    for (let i = 0; i < 3; i++) mutated[digits[below(random, digits.length)] ?? 0] = 0x30 + below(random, 10);
    return mutated;
  },
];

function below(random: Random, limit: number): number {
  return Math.floor(random() * limit);
}

const npy = npyOf(
  "{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }",
  new Uint8Array(Float32Array.of(1, 2, 3, 4, 5, 6).buffer),
);

/** The originals, and what makes a file of their damaged bytes. An .npy is damaged before its checksum is made. */
const originals: readonly (readonly [Buffer, (bytes: Buffer) => Buffer])[] = [
  ...['numpy.npz', 'compressed.npz', 'versions.npz', 'numpy.safetensors', 'torch.safetensors'].map(
    (name) => [fixture(name), (bytes: Buffer) => bytes] as const,
  ),
  [npy, (content) => zipOf([{ name: 'a.npy', content }])],
];

describe(`${FILES} damaged files`, () => {
  it('are read or refused with a reason, within the limit of memory', () => {
    const random = seededRandom(20);
    let refused = 0;
    for (let i = 0; i < FILES; i++) {
      const [original, fileOf] = originals[i % originals.length];
      const mutate = mutations[below(random, mutations.length)];
      const { tensors, faults } = readTensors(fileOf(mutate(original, random)), { limit: LIMIT });
      let bytes = 0;
      for (const [name, tensor] of tensors) {
        if (tensor === undefined) expect(faults, name).not.toEqual([]);
        else expect(tensor.values.length).toBe(sizeOf(tensor.shape));
        bytes += tensor?.values.byteLength ?? 0;
      }
      expect(bytes).toBeLessThanOrEqual(LIMIT);
      if (faults.length > 0) refused++;
    }
    expect(refused).toBeGreaterThan(FILES / 2);
    expect(refused).toBeLessThan(FILES);
  });
});
