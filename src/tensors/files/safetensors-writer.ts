import { sizeOf } from '../tensor.ts';
import { littleEndianBytes } from './number-format.ts';
import type { TensorOutline, TensorValues } from './tensor-outline.ts';

/** The header is padded so that the numbers behind it are aligned. */
const ALIGNMENT = 8;

/** The name under which the format keeps what is no tensor. */
export const reservedName = '__metadata__';

/**
 * Writes float64 tensors as a safetensors file, piece by piece.
 * @param tensors each with a name of its own, none of them `reservedName`
 */
export async function* writeSafetensors(
  tensors: readonly TensorOutline[],
  valuesOf: TensorValues,
): AsyncGenerator<Uint8Array> {
  yield writeHeader(tensors);
  for (const tensor of tensors) {
    for await (const values of valuesOf(tensor)) yield littleEndianBytes(values);
  }
}

function writeHeader(tensors: readonly TensorOutline[]): Uint8Array {
  let position = 0;
  const members = tensors.map(({ name, shape }) => {
    const begin = position;
    position += 8 * sizeOf(shape);
    return `${JSON.stringify(name)}:${JSON.stringify({ dtype: 'F64', shape, data_offsets: [begin, position] })}`;
  });
  const json = Buffer.from(`{${members.join(',')}}`);
  const length = Math.ceil(json.byteLength / ALIGNMENT) * ALIGNMENT;
  const header = Buffer.alloc(8 + length, ' ');
  header.writeBigUInt64LE(BigInt(length));
  json.copy(header, 8);
  return header;
}
