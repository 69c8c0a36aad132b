import { describe, expect, it } from 'vitest';
import { fixture, npyOf, readTensors, refusalOf, safetensorsOf } from './read-tensors.ts';
import { zipOf } from './zip-of.ts';

const f64 = (begin: number, end: number, shape = [(end - begin) / 8]) =>
  JSON.stringify({ dtype: 'F64', shape, data_offsets: [begin, end] });

describe('a safetensors file is refused', () => {
  const data = new Uint8Array(16);
  it.each([
    ['that is empty', new Uint8Array(0), '/parameters: the file has 0 bytes'],
    [
      'cut off in its header',
      safetensorsOf('{}', data, 100),
      '/parameters: the file is truncated: its header ends at byte 108, the file at 26',
    ],
    [
      'cut off in its tensors',
      safetensorsOf(`{"a":${f64(0, 24)}}`, data),
      '/parameters: the file is truncated: "a", bytes 0 to 24 behind the header, goes beyond the 16 bytes there are',
    ],
    [
      'with a header longer than the format allows',
      safetensorsOf('{}', data, 100_000_001),
      '/parameters: the file is neither safetensors nor npz nor a JSON object: as safetensors, its header would have 100000001 bytes, more than 100000000',
    ],
    [
      'whose tensors overlap',
      safetensorsOf(`{"a":${f64(0, 16)},"b":${f64(8, 16)}}`, data),
      '/parameters: the file has tensors that overlap: "b", bytes 8 to 16 behind the header, begins in "a"',
    ],
    [
      'with a hole',
      safetensorsOf(`{"a":${f64(8, 16)}}`, data),
      '/parameters: the file has a hole of 8 bytes before "a", bytes 8 to 16 behind the header',
    ],
    [
      'with bytes that belong to no tensor',
      safetensorsOf(`{"a":${f64(0, 8)}}`, data),
      '/parameters: the file has 8 bytes behind its last tensor',
    ],
    [
      'with a tensor twice',
      safetensorsOf(`{"a":${f64(0, 8)},"\\u0061":${f64(8, 16)}}`, data),
      '/parameters: the file has the name "a" twice in one object of its header',
    ],
    [
      'with a field twice',
      safetensorsOf(`{"a":{"dtype":"F32",${f64(0, 16).slice(1)}}`, data),
      '/parameters: the file has the name "dtype" twice in one object of its header',
    ],
    [
      'whose header is not JSON',
      safetensorsOf('{"a":', data),
      '/parameters: the file has a header that is not JSON: ',
    ],
    [
      'whose header is no object',
      safetensorsOf('[]', data),
      '/parameters: the file has a header that does not begin with {',
    ],
    [
      'whose header is not UTF-8',
      Buffer.concat([safetensorsOf('', data, 16), Buffer.of(0xff)]).fill(0xff, 8),
      '/parameters: the file has a header that is not UTF-8',
    ],
    [
      'with metadata that are not strings',
      safetensorsOf('{"__metadata__":{"a":1}}'),
      '/parameters: the file has metadata that are not strings',
    ],
    [
      'of more tensors than anyone has',
      safetensorsOf(`{"a":${'['.repeat(400_000)}`),
      '/parameters: the file has more than 100000 tensors',
    ],
    [
      'with a dtype that is not supported',
      safetensorsOf('{"a/b":{"dtype":"F8_E4M3","shape":[16],"data_offsets":[0,16]}}', data),
      '/parameters/a~1b: in the file: dtype "F8_E4M3" is not supported, only F64, F32',
    ],
    [
      'whose shape is not as long as its bytes',
      safetensorsOf(`{"a":${f64(0, 16, [3])}}`, data),
      '/parameters/a: in the file: shape [3] of float64 takes 24 bytes, not 16',
    ],
    [
      'whose shape is beyond all numbers',
      safetensorsOf(`{"a":${f64(0, 16, [2 ** 52, 2 ** 52, 0])}}`, data),
      '/parameters/a: in the file: its shape is too large',
    ],
    [
      'of more axes than are supported',
      safetensorsOf(`{"a":${f64(0, 16, [...Array(32).fill(1), 2])}}`, data),
      '/parameters/a: in the file: a tensor has at most 32 axes, not 33',
    ],
    [
      'whose shape has a fraction',
      safetensorsOf(`{"a":${f64(0, 16, [1.5])}}`, data),
      '/parameters/a: in the file: its shape is an array of 1, not an array of whole numbers',
    ],
    [
      'that ends before it begins',
      safetensorsOf(`{"a":${f64(16, 0, [2])}}`, data),
      '/parameters/a: in the file: its data_offsets must be where it begins',
    ],
    [
      'with an unknown field',
      safetensorsOf(`{"a":{"order":"F",${f64(0, 16).slice(1)}}`, data),
      '/parameters/a: in the file: unknown field "order"',
    ],
    [
      'with a number for a tensor',
      safetensorsOf('{"a":1}'),
      '/parameters/a: in the file: 1 stands for a tensor',
    ],
    [
      'with an integer that no float64 is',
      safetensorsOf(
        '{"a":{"dtype":"I64","shape":[2],"data_offsets":[0,16]}}',
        new Uint8Array(BigInt64Array.of(1n, -(2n ** 53n) - 1n).buffer),
      ),
      '/parameters/a: in the file: entry [1] is -9007199254740993, beyond ±2^53',
    ],
    [
      'with a bool that is neither',
      safetensorsOf('{"a":{"dtype":"BOOL","shape":[2],"data_offsets":[0,2]}}', Uint8Array.of(1, 2)),
      '/parameters/a: in the file: entry [1] is the byte 2, but a bool is 0 or 1',
    ],
  ])('%s', (_, bytes, refusal) => {
    expect(refusalOf(bytes).slice(0, refusal.length)).toBe(refusal);
  });

  it('of bytes that become more than the limit as float64', () => {
    const bytes = safetensorsOf(
      '{"a":{"dtype":"U8","shape":[100],"data_offsets":[0,100]}}',
      new Uint8Array(100),
    );
    expect(refusalOf(bytes, 799)).toContain('its 800 bytes as float64 go beyond the limit of 799');
    expect(readTensors(bytes, { limit: 800 }).faults).toEqual([]);
  });
});

describe('an .npz file is refused', () => {
  const dictionary = "{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }";
  const good = npyOf(dictionary, new Uint8Array(16));
  const npz = (content: Uint8Array, name = 'a.npy') => zipOf([{ name, content }]);
  const npy = (text: string) => npz(npyOf(text, new Uint8Array(16)));
  const notNumPy = '/parameters/a: in the file: its header is not as NumPy writes it: expected';
  it.each([
    [
      'with Python objects',
      fixture('object.npz'),
      '/parameters/bad: in the file: it holds Python objects (dtype object), which are never loaded',
    ],
    [
      'with a structured dtype',
      fixture('structured.npz'),
      '/parameters/bad: in the file: structured dtypes are not supported',
    ],
    ['with text', fixture('text.npz'), '/parameters/bad: in the file: dtype "<U1" is not supported'],
    [
      'with complex numbers',
      fixture('complex.npz'),
      '/parameters/bad: in the file: dtype "<c16" is not supported',
    ],
    [
      'with an integer that no float64 is, at its index',
      fixture('large-int.npz'),
      '/parameters/bad: in the file: entry [1,0] is 9007199254740993',
    ],
    [
      'when it is an .npy file',
      fixture('alone.npy'),
      '/parameters: the file is an .npy file, whose tensor has no name: save it as .npz',
    ],
    ['cut off', fixture('numpy.npz').subarray(0, 5000), '/parameters: the file is truncated, or no zip file'],
    [
      'with a tensor twice',
      zipOf([
        { name: 'a.npy', content: good },
        { name: 'a.npy', content: good },
      ]),
      '/parameters/a: in the file: "a" is there twice',
    ],
    [
      'whose entries share bytes',
      zipOf(
        [
          { name: 'a.npy', content: good },
          { name: 'b.npy', content: good },
        ],
        true,
      ),
      '/parameters: the file has entries that overlap: "b.npy" begins in "a.npy"',
    ],
    [
      'with something else in it',
      npz(good, 'readme.txt'),
      '/parameters: the file has an entry "readme.txt", which is no .npy file',
    ],
    [
      'that inflates to more than the limit',
      npz(new Uint8Array(2 ** 24)),
      '/parameters: the file inflates to 16773120 bytes and more, beyond the limit of 1048576',
    ],
    [
      'that inflates to more than it claims',
      zipOf([{ name: 'a.npy', content: good, claims: { size: 50 } }]),
      '/parameters/a: in the file: it cannot be inflated: ',
    ],
    [
      'that inflates to less than it claims',
      zipOf([{ name: 'a.npy', content: good, claims: { size: 100 } }]),
      '/parameters/a: in the file: it has 83 bytes, not 100 as the archive says',
    ],
    [
      'that is encrypted',
      zipOf([{ name: 'a.npy', content: good, claims: { flags: 1 } }]),
      '/parameters: the file has an encrypted entry "a.npy"',
    ],
    [
      'compressed otherwise',
      zipOf([{ name: 'a.npy', content: good, claims: { method: 14 } }]),
      '/parameters: the file has an entry "a.npy" compressed by method 14',
    ],
    [
      'with an entry that is no .npy',
      npz(Buffer.from('something else')),
      '/parameters/a: in the file: it does not begin as an .npy file does',
    ],
    [
      'of a later version',
      npz(Buffer.from(good).fill(4, 6, 7)),
      '/parameters/a: in the file: .npy version 4.0 is not supported',
    ],
    [
      'with an .npy cut off in its header',
      npz(good.subarray(0, 30)),
      '/parameters/a: in the file: it is truncated in its header',
    ],
    [
      'with an .npy cut off in its numbers',
      npz(good.subarray(0, -1)),
      '/parameters/a: in the file: shape [2] of float64 takes 16 bytes, not 15',
    ],
    [
      'without byte order',
      npy("{'descr': '=f8', 'fortran_order': False, 'shape': (2,), }"),
      '/parameters/a: in the file: dtype "=f8" does not say its byte order',
    ],
    [
      'with a key twice',
      npy("{'descr': '<f8', 'descr': '<f8', 'shape': (2,), }"),
      '/parameters/a: in the file: its header has the key descr twice',
    ],
    [
      'with a key too many',
      npy(dictionary.replace('}', "'x': True}")),
      '/parameters/a: in the file: its header has the keys descr, fortran_order, shape, x',
    ],
    [
      'with a call in its header',
      npy("{'descr': print(1)}"),
      `${notNumPy} a string, True, False or a tuple of whole numbers at character`,
    ],
    ['with something behind its header', npy(`${dictionary}; 1`), `${notNumPy} nothing more`],
    ['with a negative length', npy(dictionary.replace('2', '-2')), `${notNumPy} a string, True`],
    ['with a number for a shape', npy(dictionary.replace('2,', '2')), `${notNumPy} a string, True`],
  ])('%s', (_, bytes, refusal) => {
    expect(refusalOf(bytes).slice(0, refusal.length)).toBe(refusal);
  });

  it('that claims more than deflate can hold, before anything is inflated', () => {
    const bytes = zipOf([{ name: 'a.npy', content: good, claims: { size: 10 ** 6 } }]);
    expect(refusalOf(bytes)).toMatch(
      / \d+ compressed bytes cannot hold the 1000000 that the archive claims$/,
    );
  });

  it('when its content is damaged', () => {
    const bytes = Buffer.from(fixture('numpy.npz'));
    const at = bytes.indexOf('float64.npy') + 200;
    bytes[at] ^= 1;
    expect(refusalOf(bytes)).toBe(
      '/parameters/float64: in the file: it is damaged: its CRC-32 is not as the archive says',
    );
  });

  it('tensor by tensor: what can be read is read', () => {
    const { tensors } = readTensors(fixture('object.npz'));
    expect([...tensors]).toEqual([
      ['good', { shape: [1], dtype: 'float64', values: Float64Array.of(1) }],
      ['bad', undefined],
    ]);
  });
});
