import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Faults } from '../../src/errors/fault.ts';
import { isJsonFile, readJsonTensorFile } from '../../src/models/json-tensor-file.ts';
import { TensorRoom } from '../../src/tensors/files/tensor-room.ts';
import { writtenFile } from '../fixtures/written-files.ts';

const bytes = (text: string) => Buffer.from(text);

function read(text: string | Uint8Array, limit = 1000, maxBytes?: number) {
  const faults = new Faults();
  const room = new TensorRoom(limit);
  const content = typeof text === 'string' ? bytes(text) : text;
  const tensors = readJsonTensorFile(content, { pointer: '/gradients', faults, room, maxBytes });
  return { tensors, faults: faults.list };
}

describe('a JSON file of tensors', () => {
  it('holds each in any form that a document may have', () => {
    const { tensors, faults } = read(
      '{"W": [[1, 2], [3, 4]], "b": 0.5, "s": {"shape": [2], "dtype": "float32", "base64": "AACAPwAAAEA="}}',
    );
    expect(faults).toEqual([]);
    expect([...tensors]).toEqual([
      ['W', { shape: [2, 2], dtype: 'float64', values: Float64Array.of(1, 2, 3, 4) }],
      ['b', { shape: [], dtype: 'float64', values: Float64Array.of(0.5) }],
      ['s', { shape: [2], dtype: 'float32', values: Float64Array.of(1, 2) }],
    ]);
  });

  it.each<[string, string | Uint8Array, string, string]>([
    [
      'that is cut off',
      '{"W": [1, 2',
      '/gradients',
      'the file is not JSON: line 1, column 12: expected , or ]',
    ],
    ['with an entry that is no number', '{"W": [1, "x"]}', '/gradients/W/1', ''],
    [
      'with a name twice',
      '{"W": [1], "W": [2]}',
      '/gradients',
      'the file has the name "W" twice in one object',
    ],
    ['with a forbidden name', '{"__proto__": [1]}', '/gradients/__proto__', 'this name is not allowed'],
    [
      'that is not UTF-8',
      Uint8Array.of(0x7b, 0xff),
      '/gradients',
      'the file begins as JSON does, but is not UTF-8',
    ],
  ])('%s is refused', (_, text, pointer, detail) => {
    const { faults } = read(text);
    expect(faults).toHaveLength(1);
    expect(faults[0].pointer).toBe(pointer);
    expect(faults[0].detail.slice(0, detail.length)).toBe(detail);
  });

  it('is refused beyond the room there is for tensors, and beyond the length that JSON may have', () => {
    const text = '{"W": [1, 2, 3]}';
    expect(read(text, 24).faults).toEqual([]);
    expect(read(text, 23).faults[0].detail).toContain('its 24 bytes as float64 go beyond the limit of 23');
    expect(read(text, 24, text.length).faults).toEqual([]);
    expect(read(text, 24, text.length - 1).faults[0].detail).toContain('16 bytes of JSON, more than 15');
  });
});

it('JSON, safetensors and npz are told apart by their first bytes', async () => {
  for (const text of ['{}', ' \n\t{"a": 1}', '{"a":1}', '{ "W1": [1] }']) {
    expect(isJsonFile(bytes(text)), text).toBe(true);
  }
  for (const text of ['', '   ', '[1, 2]', 'PK\u0003\u0004'])
    expect(isJsonFile(bytes(text)), text).toBe(false);
  // The header of a safetensors file may well have a length whose first byte is that of a brace.
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('safetensors', 'npz'),
      fc.integer({ min: 1, max: 400 }),
      async (form, n) => {
        const file = await writtenFile(form, { ['n'.repeat(n)]: { shape: [1], values: [1] } });
        expect(isJsonFile(file)).toBe(false);
      },
    ),
    { numRuns: 50 },
  );
  const brace = bytes(`{\0\0\0\0\0\0\0${'{}'.padEnd(0x7b)}`);
  expect(isJsonFile(brace)).toBe(false);
});
