import { type Faults, pointerTo } from '../../errors/fault.ts';
import { quote } from '../describe-json.ts';
import { mostAxes } from '../json-nested-array.ts';
import { type Dtype, formatShape, type Shape, sizeOf, type Tensor, unravel } from '../tensor.ts';
import { rowMajor } from './fortran-order.ts';
import { bytesOf, decodeNumbers, type NumberFormat } from './number-format.ts';
import type { TensorRoom } from './tensor-room.ts';

/** The most tensors that one file may hold. */
export const mostTensors = 100_000;

/** How a tensor lies in its bytes. */
export interface TensorLayout {
  readonly shape: Shape;
  readonly format: NumberFormat;
  readonly bigEndian: boolean;
  /** Column-major, as Fortran has it: the first axis runs fastest. */
  readonly fortranOrder: boolean;
}

export interface FileReadingOptions {
  /** Where the file's tensors belong: `/parameters`. */
  readonly pointer: string;
  readonly faults: Faults;
  readonly room: TensorRoom;
}

/** What the readers of all formats share: they hand over tensors, or say what is wrong with one or with the file. */
export class FileReading {
  /** By name, in the file's order. One that could not be read has no value. */
  readonly tensors = new Map<string, Tensor | undefined>();
  readonly #options: FileReadingOptions;
  /** Room for tensors to come. */
  #reserved = new Float64Array(0);

  constructor(options: FileReadingOptions) {
    this.#options = options;
  }

  get room(): TensorRoom {
    return this.#options.room;
  }

  /** The file cannot be read, as a whole or from here on. */
  refuse(detail: string): void {
    const { faults, pointer } = this.#options;
    faults.add(pointer, `the file ${detail}`);
  }

  /** One tensor cannot be read; the others may be. */
  refuseTensor(name: string, detail: string): void {
    const { faults, pointer } = this.#options;
    this.tensors.set(name, undefined);
    faults.add(pointerTo(pointer, name), `in the file: ${detail}`);
  }

  /** So many numbers are to come: they will lie one behind the other, if they do not go beyond the limit. */
  reserve(count: number): void {
    if (8 * count <= this.room.left) this.#reserved = new Float64Array(count);
  }

  /** Decodes a tensor that fills `bytes`. */
  add(name: string, layout: TensorLayout, bytes: Uint8Array): void {
    if (this.tensors.has(name)) {
      this.refuseTensor(name, `${quote(name)} is there twice`);
      return;
    }
    const wrong = this.#fault(layout, bytes.byteLength);
    if (wrong === undefined) this.#decode(name, layout, bytes);
    else this.refuseTensor(name, wrong);
  }

  #fault({ shape, format }: TensorLayout, length: number): string | undefined {
    const { room } = this.#options;
    if (shape.length > mostAxes) return `a tensor has at most ${mostAxes} axes, not ${shape.length}`;
    // Also of an empty tensor: 0 · ∞ is no number.
    if (!Number.isSafeInteger(sizeOf(shape.filter((axis) => axis > 0)))) return 'its shape is too large';
    const size = sizeOf(shape);
    if (size * bytesOf[format] !== length) {
      return `shape ${formatShape(shape)} of ${format} takes ${size * bytesOf[format]} bytes, not ${length}`;
    }
    if (room.take(8 * size)) return undefined;
    return `its ${8 * size} bytes as float64 go beyond the limit of ${room.limit} for the tensors of all files`;
  }

  #takeReserved(count: number): Float64Array | undefined {
    if (count > this.#reserved.length) return undefined;
    const taken = this.#reserved.subarray(0, count);
    this.#reserved = this.#reserved.subarray(count);
    return taken;
  }

  #decode(name: string, { shape, format, bigEndian, fortranOrder }: TensorLayout, bytes: Uint8Array): void {
    const numbers = decodeNumbers(bytes, format, bigEndian, this.#takeReserved(sizeOf(shape)));
    if (numbers instanceof Float64Array) {
      const values = fortranOrder ? rowMajor(numbers, shape) : numbers;
      this.tensors.set(name, { shape, dtype: dtypeOf(format), values });
    } else {
      const index = fortranOrder
        ? unravel(numbers.position, shape.toReversed()).reverse()
        : unravel(numbers.position, shape);
      this.refuseTensor(name, `entry ${formatShape(index)} ${numbers.detail}`);
    }
  }
}

/** Integers and truth values are exact, as float64s are. */
function dtypeOf(format: NumberFormat): Dtype {
  return format === 'float32' || format === 'float16' || format === 'bfloat16' ? format : 'float64';
}
