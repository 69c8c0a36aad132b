import { describe, expect, it } from 'vitest';
import { fixture, npyOf, readTensors, safetensorsOf } from './read-tensors.ts';
import { zipOf } from './zip-of.ts';

interface ExpectedTensor {
  readonly shape: readonly number[];
  readonly values: readonly (number | string)[];
}

const expected: Record<string, Record<string, ExpectedTensor>> = JSON.parse(
  fixture('expected.json').toString(),
);

describe('files written by NumPy, PyTorch and safetensors', () => {
  it.each(Object.entries(expected))('%s is read exactly', (file, arrays) => {
    const { tensors, faults } = readTensors(fixture(file));
    expect(faults).toEqual([]);
    expect([...tensors.keys()].sort()).toEqual(Object.keys(arrays).sort());
    for (const [name, { shape, values }] of Object.entries(arrays)) {
      expect(tensors.get(name)?.shape, name).toEqual(shape);
      // toEqual tells −0 from 0, and takes NaN for NaN.
      expect([...(tensors.get(name)?.values ?? [])], name).toEqual(values.map(Number));
    }
  });

  it('there are some of each kind', () => {
    expect(Object.keys(expected).length).toBe(7);
    expect(Object.keys(expected['numpy.npz']).length).toBe(21);
  });

  it('float32 is known to be float32, and nothing else is', () => {
    const singles = (file: string) =>
      [...readTensors(fixture(file)).tensors]
        .filter(([, tensor]) => tensor?.dtype === 'float32')
        .map(([name]) => name)
        .sort();
    expect(singles('numpy.npz')).toEqual(['bigFortran', 'float32']);
    expect(singles('numpy.safetensors')).toEqual(['bigFortran', 'float32']);
    expect(singles('torch.safetensors')).toEqual(['empty', 'float32']);
  });

  it('the tensors share no memory with the file', () => {
    const bytes = fixture('numpy.safetensors');
    const { tensors } = readTensors(bytes);
    const before = [...(tensors.get('float64')?.values ?? [])];
    bytes.fill(0);
    expect([...(tensors.get('float64')?.values ?? [])]).toEqual(before);
  });

  it('a file is read wherever it lies in its buffer', () => {
    for (const file of ['numpy.npz', 'numpy.safetensors']) {
      const content = fixture(file);
      const shifted = Buffer.alloc(content.byteLength + 3, 0xff);
      content.copy(shifted, 3);
      expect(readTensors(shifted.subarray(3))).toEqual(readTensors(content));
    }
  });
});

describe('safetensors', () => {
  it('tensors come in the order of their bytes, whatever their order in the header', () => {
    const entry = (begin: number) => `{"dtype":"F32","shape":[1],"data_offsets":[${begin},${begin + 4}]}`;
    const { tensors } = readTensors(safetensorsOf(`{"a":${entry(4)},"2":${entry(0)}}`, new Uint8Array(8)));
    expect([...tensors.keys()]).toEqual(['2', 'a']);
  });
});

describe('npz', () => {
  it.each([
    ["{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }   \n"],
    ["{'shape':(2,),'fortran_order':False,'descr':\"<f4\"}"],
  ])('takes the header %j', (dictionary) => {
    const content = npyOf(dictionary, new Uint8Array(Float32Array.of(0.5, 2).buffer));
    const { tensors, faults } = readTensors(zipOf([{ name: 'a.npy', content }]));
    expect(faults).toEqual([]);
    expect(tensors.get('a')).toEqual({ shape: [2], dtype: 'float32', values: Float64Array.of(0.5, 2) });
  });
});
