import type { Shape } from '../tensor.ts';
import { npyMagic } from './npy-reader.ts';

/** Magic, version and the length of the dictionary. */
const PREFIX = 10;
/** NumPy aligns the numbers behind the header so. */
const ALIGNMENT = 64;

/** What stands before the numbers of a row-major, little-endian float64 tensor in an .npy file of version 1. */
export function writeNpyHeader(shape: Shape): Buffer {
  const lengths = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const dictionary = `{'descr': '<f8', 'fortran_order': False, 'shape': (${lengths}), }`;
  const length = Math.ceil((PREFIX + dictionary.length + 1) / ALIGNMENT) * ALIGNMENT;
  const header = Buffer.alloc(length, ' ');
  header.set([...npyMagic, 1, 0]);
  header.writeUInt16LE(length - PREFIX, 8);
  header.write(dictionary, PREFIX, 'latin1');
  header.write('\n', length - 1);
  return header;
}
