import type { Tensor } from '../tensor.ts';
import { FileReading, type FileReadingOptions } from './file-reading.ts';
import { npyMagic } from './npy-reader.ts';
import { readNpz } from './npz-reader.ts';
import { largestHeader } from './safetensors-header.ts';
import { readSafetensors } from './safetensors-reader.ts';

/** With it begins every zip file, be it empty. */
const zipMagic = Uint8Array.of(0x50, 0x4b);

/**
 * Reads a file of named tensors, safetensors or .npz: its content says which. What is wrong is added to the faults,
 * at the file's pointer or below it at the tensor's name; such a tensor is in the map without a value. The tensors
 * share no memory with the file.
 */
export function readTensorFile(
  bytes: Uint8Array,
  options: FileReadingOptions,
): ReadonlyMap<string, Tensor | undefined> {
  const reading = new FileReading(options);
  if (startsWith(bytes, npyMagic)) {
    reading.refuse('is an .npy file, whose tensor has no name: save it as .npz, with numpy.savez');
  } else if (startsWith(bytes, zipMagic) && isNoHeaderLength(bytes)) {
    readNpz(bytes, reading);
  } else {
    readSafetensors(bytes, reading);
  }
  return reading.tensors;
}

function startsWith(bytes: Uint8Array, magic: Uint8Array): boolean {
  return magic.every((byte, i) => bytes[i] === byte);
}

/** What follows in a zip file is, read as the length of a safetensors header, always beyond that format's limit. */
function isNoHeaderLength(bytes: Uint8Array): boolean {
  if (bytes.byteLength < 8) return false;
  return new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true) > largestHeader;
}
