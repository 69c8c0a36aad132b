import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Faults } from '../../src/errors/fault.ts';
import { entryPointer, readJsonTensor, writeJsonTensor } from '../../src/tensors/json-tensor.ts';
import { sizeOf, type Tensor, tensor } from '../../src/tensors/tensor.ts';

function read(value: unknown) {
  const faults = new Faults();
  const result = readJsonTensor(value, '/data/X', faults);
  return { tensor: result, faults: faults.list };
}

function faultsOf(value: unknown) {
  const { tensor: result, faults } = read(value);
  expect(result).toBeUndefined();
  return faults;
}

function base64(values: Float64Array | Float32Array): string {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64');
}

const anyNumber = fc.double();
const anyShape = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 });
const anyTensor = anyShape.chain((shape) =>
  fc
    .array(anyNumber, { minLength: sizeOf(shape), maxLength: sizeOf(shape) })
    .map((values) => tensor(shape, values)),
);

/** JSON text has no negative zero. */
function withoutNegativeZero({ shape, dtype, values }: Tensor): Tensor {
  return { shape, dtype, values: values.map((value) => value + 0) };
}

describe('a tensor in JSON', () => {
  it('is a bare number for a scalar', () => {
    expect(read(2.5).tensor).toEqual(tensor([], [2.5]));
  });

  it('is nested arrays, row by row', () => {
    expect(
      read([
        [1, 2, 3],
        [4, 5, 6],
      ]).tensor,
    ).toEqual(tensor([2, 3], [1, 2, 3, 4, 5, 6]));
    expect(
      read([
        [[1], [2]],
        [[3], [4]],
      ]).tensor,
    ).toEqual(tensor([2, 2, 1], [1, 2, 3, 4]));
  });

  it('may have axes of length 0', () => {
    expect(read([]).tensor).toEqual(tensor([0], []));
    expect(read([[], []]).tensor).toEqual(tensor([2, 0], []));
    expect(read({ shape: [0, 3], values: [] }).tensor).toEqual(tensor([0, 3], []));
  });

  it('is an object with a shape and flat values', () => {
    expect(read({ shape: [2, 2], values: [1, 2, 3, 'NaN'] }).tensor).toEqual(
      tensor([2, 2], [1, 2, 3, Number.NaN]),
    );
  });

  it('is an object with little-endian base64, float64 or float32', () => {
    expect(read({ shape: [1], dtype: 'float64', base64: 'AAAAAAAA+D8=' }).tensor).toEqual(tensor([1], [1.5]));
    expect(read({ shape: [2], dtype: 'float32', base64: 'AADAPwAAAMA=' }).tensor).toEqual(
      tensor([2], [1.5, -2], 'float32'),
    );
  });

  it('writes NaN and the infinities as strings', () => {
    expect(read(['NaN', 'Infinity', '-Infinity']).tensor).toEqual(
      tensor([3], [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]),
    );
    expect(read('NaN').tensor).toEqual(tensor([], [Number.NaN]));
  });

  it.each(['nested', 'values'] as const)(
    'comes back as it was from the form "%s" through JSON text',
    (form) => {
      fc.assert(
        fc.property(anyTensor, (original) => {
          const text = JSON.stringify(writeJsonTensor(original, form));
          expect(read(JSON.parse(text))).toEqual({ tensor: withoutNegativeZero(original), faults: [] });
        }),
      );
    },
  );

  it('comes back to the last bit from base64', () => {
    fc.assert(
      fc.property(anyTensor, (original) => {
        const text = JSON.stringify(writeJsonTensor(original, 'base64'));
        const back = read(JSON.parse(text)).tensor;
        expect(back?.shape).toEqual(original.shape);
        expect(base64(back?.values ?? new Float64Array(0))).toBe(base64(original.values));
      }),
    );
  });

  it('comes back from float32 base64 rounded to float32, and known to be float32', () => {
    fc.assert(
      fc.property(anyTensor, (original) => {
        const rounded = { ...original, dtype: 'float32' as const, values: original.values.map(Math.fround) };
        expect(read(JSON.parse(JSON.stringify(writeJsonTensor(rounded, 'base64')))).tensor).toEqual(rounded);
      }),
    );
  });

  it('knows the place of an entry in each form', () => {
    expect(
      entryPointer(
        [
          [1, 2],
          [3, 4],
        ],
        '/data/X',
        [2, 2],
        2,
      ),
    ).toBe('/data/X/1/0');
    expect(entryPointer({ shape: [2, 2], values: [] }, '/data/X', [2, 2], 2)).toBe('/data/X/values/2');
    expect(entryPointer({ shape: [2, 2], base64: '' }, '/data/X', [2, 2], 2)).toBe('/data/X/base64');
    expect(entryPointer(7, '/data/X', [], 0)).toBe('/data/X');
  });
});

describe('a faulty tensor', () => {
  it('is refused at the exact place where it is ragged', () => {
    expect(faultsOf([[1, 2], [3, 4], [5]])).toEqual([
      { pointer: '/data/X/2', detail: 'ragged: an array of 1 stands where the first one has 2' },
    ]);
    expect(
      faultsOf([
        [
          [1, 2],
          [3, 4],
        ],
        [
          [5, 6],
          [7, 8, 9],
        ],
      ]),
    ).toEqual([{ pointer: '/data/X/1/1', detail: 'ragged: an array of 3 stands where the first one has 2' }]);
    expect(faultsOf([[1, 2], 3])).toEqual([
      { pointer: '/data/X/1', detail: 'ragged: 3 stands where an array of 2 is expected' },
    ]);
    expect(faultsOf([1, [2]])[0]?.pointer).toBe('/data/X/1');
  });

  it('names every entry that is no number, in a ragged tensor too', () => {
    expect(
      faultsOf([
        [1, null],
        ['x', true],
        [{}, 6, 7],
      ]).map(({ pointer }) => pointer),
    ).toEqual(['/data/X/2', '/data/X/0/1', '/data/X/1/0', '/data/X/1/1', '/data/X/2/0']);
  });

  it('is refused where a number overflowed on the way', () => {
    const [fault, ...more] = faultsOf(JSON.parse('[1, 1e400]'));
    expect(fault).toEqual({
      pointer: '/data/X/1',
      detail: 'too large for a float64; write "Infinity" if an infinity is meant',
    });
    expect(more).toEqual([]);
    expect(faultsOf(JSON.parse('-1e400'))[0]?.detail).toContain('"-Infinity"');
    expect(faultsOf(JSON.parse('{"shape":[1],"values":[1e999]}'))[0]?.pointer).toBe('/data/X/values/0');
  });

  it('is refused when its length does not fit its shape', () => {
    expect(faultsOf({ shape: [2, 2], values: [1, 2, 3] })).toEqual([
      { pointer: '/data/X/values', detail: 'shape [2,2] has 4 entries, not 3' },
    ]);
    const [fault] = faultsOf({ shape: [3], dtype: 'float64', base64: base64(Float64Array.of(1, 2)) });
    expect(fault).toEqual({
      pointer: '/data/X/base64',
      detail: 'base64 of 3 float64 has 32 characters with its padding, not 24',
    });
  });

  it.each([
    ['AAAAAAAA+D8!', 'character 11 is "!"'],
    ['AAAA AAA+D8=', 'character 4 is " "'],
    ['AA=AAAAA+D8=', 'padding at character 2'],
    ['AAAAAAAA+=8A', 'padding at character 9'],
    ['AAAAAAAA+D8', '12 characters'],
    ['', '12 characters'],
  ])('is refused when %j is not its base64', (text, reason) => {
    const [fault] = faultsOf({ shape: [1], dtype: 'float64', base64: text });
    expect(fault?.pointer).toBe('/data/X/base64');
    expect(fault?.detail).toContain(reason);
  });

  it.each([[[-1]], [[1.5]], [['2']], [[2 ** 60]], [[null]]])('is refused for the shape %j', (shape) => {
    expect(faultsOf({ shape, values: [] })[0]?.pointer).toBe('/data/X/shape/0');
  });

  it('claims no memory by its shape alone', () => {
    expect(faultsOf({ shape: [1e9, 1e9], dtype: 'float64', base64: 'AAAA' })[0]?.pointer).toBe(
      '/data/X/base64',
    );
    expect(faultsOf({ shape: [1e9, 1e9], values: [] })[0]?.pointer).toBe('/data/X/values');
    const wide = Array.from({ length: 100_000 }, () => 0);
    expect(faultsOf([wide, ...wide])[0]).toEqual({
      pointer: '/data/X/1',
      detail: 'ragged: 0 stands where an array of 100000 is expected',
    });
  });

  it('names unknown fields, a missing shape, a wrong dtype and two contents at once', () => {
    expect(
      faultsOf({ values: [1], base64: '', dtype: 'int8', unit: 'm' }).map(({ pointer }) => pointer),
    ).toEqual(['/data/X/dtype', '/data/X/unit', '/data/X/shape', '/data/X']);
    expect(faultsOf({ shape: [1], dtype: 'bfloat16', base64: 'AAA=' })[0]).toEqual({
      pointer: '/data/X/dtype',
      detail: 'dtype must be "float64" or "float32", not the string "bfloat16"',
    });
    expect(faultsOf({ shape: [1] }).map(({ pointer }) => pointer)).toEqual([
      '/data/X/dtype',
      '/data/X/base64',
    ]);
  });

  it.each([null, true, 'abc', undefined])('is refused when it is %j', (value) => {
    expect(faultsOf(value)[0]?.pointer).toBe('/data/X');
  });

  it('is refused when it is nested a million deep, without overflowing the stack', () => {
    const deep = JSON.parse(`${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}`);
    expect(faultsOf(deep)).toEqual([{ pointer: '/data/X', detail: 'arrays are nested deeper than 32 axes' }]);
    expect(faultsOf([1, deep])[0]?.pointer).toBe('/data/X/1');
  });

  it('tells a hundred faults and counts the rest', () => {
    const faults = faultsOf(new Array(5000).fill(null));
    expect(faults).toHaveLength(101);
    expect(faults[100]).toEqual({ pointer: '/data/X', detail: 'and 4900 more faults in this tensor' });
  });

  it('never makes reading throw', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        const { tensor: result, faults } = read(value);
        expect(result === undefined).toBe(faults.length > 0);
        for (const { pointer } of faults) expect(pointer.startsWith('/data/X')).toBe(true);
      }),
    );
  });
});
