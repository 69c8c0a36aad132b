import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sizeOf } from '../../src/tensors/tensor.ts';
import { writtenFile } from '../fixtures/written-files.ts';
import { readTensors } from './read-tensors.ts';

const arrays = fc.dictionary(
  fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' }).filter((name) => !name.startsWith('__')),
  fc
    .array(fc.nat(5), { maxLength: 4 })
    .chain((shape) =>
      fc
        .array(fc.double(), { minLength: sizeOf(shape), maxLength: sizeOf(shape) })
        .map((values) => ({ shape, values })),
    ),
  { maxKeys: 5, noNullPrototype: true },
);

describe.each(['safetensors', 'npz'] as const)('a written %s file', (form) => {
  it('is read back as it was, in whatever pieces it was written', async () => {
    await fc.assert(
      fc.asyncProperty(arrays, fc.integer({ min: 1, max: 50 }), async (written, piece) => {
        const { tensors, faults } = readTensors(await writtenFile(form, written, piece));
        expect(faults).toEqual([]);
        expect([...tensors]).toEqual(
          Object.entries(written).map(([name, { shape, values }]) => [
            name,
            { shape, dtype: 'float64', values: Float64Array.from(values) },
          ]),
        );
      }),
      { numRuns: 200 },
    );
  });

  it('is the same to the last bit when it is written again', async () => {
    const one = { W: { shape: [2, 2], values: [1, 2, 3, 4] } };
    expect(await writtenFile(form, one)).toEqual(await writtenFile(form, one, 1));
  });
});
