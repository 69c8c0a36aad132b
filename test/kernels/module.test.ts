import { describe, expect, it } from 'vitest';
import { createKernelMemory } from '../../src/kernels/kernel-memory.ts';
import { instantiateKernels } from '../../src/kernels/kernels.ts';
import { loadKernelModule } from '../../src/kernels/load-module.ts';

const module = loadKernelModule();

describe('the kernel module', () => {
  it('writes nothing into the memory that it is given', () => {
    const memory = createKernelMemory(20_000);
    const floats = new Float64Array(memory.buffer).fill(Math.PI);
    instantiateKernels(module, memory);
    expect(floats.every((value) => value === Math.PI)).toBe(true);
  });

  it('reaches the last float64 of its memory, and throws beyond', () => {
    const memory = createKernelMemory(8192);
    const floats = new Float64Array(memory.buffer);
    const kernels = instantiateKernels(module, memory);
    kernels.fill(3, 2, 8189, 1);
    expect([...floats.slice(8188)]).toEqual([0, 2, 2, 2]);
    expect(() => kernels.fill(3, 2, 8190, 1)).toThrow('out of bounds');
  });

  it('computes above 2 GiB', () => {
    const memory = createKernelMemory(2 ** 28 + 8192);
    const kernels = instantiateKernels(module, memory);
    const high = new Float64Array(memory.buffer, 2 ** 31, 4);
    high.set([1, 2, 3]);
    kernels.square(3, 2 ** 28, 1, 2 ** 28 + 8, 1);
    expect(kernels.sum(3, 2 ** 28 + 8, 1)).toBe(14);
  });

  it('shares one memory between instances', () => {
    const memory = createKernelMemory(16);
    const [first, second] = [instantiateKernels(module, memory), instantiateKernels(module, memory)];
    first.fill(4, 3, 0, 1);
    expect(second.sum(4, 0, 1)).toBe(12);
  });

  it('is refused when it lacks a kernel', () => {
    // A module with no exports at all: the eight bytes that every module begins with.
    const empty = new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0));
    expect(() => instantiateKernels(empty, createKernelMemory(1))).toThrow('another version');
  });

  it('does not fit more than 4 GiB', () => {
    expect(() => createKernelMemory(2 ** 29 + 1)).toThrow('4 GiB');
  });
});
