import protobuf from 'protobufjs/minimal.js';
import { OnnxRefusal } from '../onnx-refusal.ts';

/** Fields that all messages of one file may have together: each takes some memory, however short it is. */
const mostFields = 2 ** 20;
/** Messages within messages. A model without subgraphs has eight. */
const deepest = 32;

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;
const wireNames = ['a varint', '8 bytes', 'a length and bytes', 'a group', 'the end of a group', '4 bytes'];

/** One occurrence of a field: where its value starts and ends in the file. */
interface Field {
  readonly wire: number;
  readonly start: number;
  readonly end: number;
}

/** What the messages of one file share. */
interface WireFile {
  readonly bytes: Uint8Array;
  fieldsLeft: number;
}

/**
 * A message in protobuf's wire format (protobuf.dev/programming-guides/encoding), its fields found but not read yet:
 * a field is read when it is asked for by its number, so what nobody asks for costs nothing. Everything that does not
 * fit is an `OnnxRefusal` with the path of the message in the file.
 */
export class WireMessage {
  /** `graph.node[3]`; empty for the whole file. */
  readonly path: string;
  readonly #file: WireFile;
  readonly #depth: number;
  readonly #fields = new Map<number, Field[]>();

  private constructor(file: WireFile, start: number, end: number, path: string, depth: number) {
    this.#file = file;
    this.#depth = depth;
    this.path = path;
    if (depth > deepest) throw this.refusal(`is nested deeper than ${deepest} messages`);
    this.#split(start, end);
  }

  /** @throws OnnxRefusal when the bytes are no message. */
  static read(bytes: Uint8Array): WireMessage {
    return new WireMessage({ bytes, fieldsLeft: mostFields }, 0, bytes.byteLength, '', 0);
  }

  has(field: number): boolean {
    return this.#fields.has(field);
  }

  /** Every message of a repeated field. `name` is what the field is called in paths. */
  messages(field: number, name: string): WireMessage[] {
    return this.#all(field, BYTES, name).map(
      ({ start, end }, i) =>
        new WireMessage(this.#file, start, end, this.#pathTo(`${name}[${i}]`), this.#depth + 1),
    );
  }

  /** A message that there is at most one of; the last one counts, as protobuf has it. */
  message(field: number, name: string): WireMessage | undefined {
    const last = this.#all(field, BYTES, name).at(-1);
    return last && new WireMessage(this.#file, last.start, last.end, this.#pathTo(name), this.#depth + 1);
  }

  texts(field: number, name: string): string[] {
    return this.#all(field, BYTES, name).map((each) => decodeText(this.#view(each)));
  }

  text(field: number, name: string): string | undefined {
    const last = this.#all(field, BYTES, name).at(-1);
    return last && decodeText(this.#view(last));
  }

  /** The bytes of a field: a view of the file, not a copy. */
  bytes(field: number, name: string): Uint8Array | undefined {
    const last = this.#all(field, BYTES, name).at(-1);
    return last && this.#view(last);
  }

  /** An int64 or an enum. */
  integer(field: number, name: string): bigint | undefined {
    return this.integers(field, name).at(-1);
  }

  /** Repeated int64, int32 or uint64 (as int64), packed or not. */
  integers(field: number, name: string): bigint[] {
    return this.#numbers(field, VARINT, name, (reader) => {
      const { low, high } = reader.int64();
      return (BigInt(high) << 32n) | BigInt(low >>> 0);
    });
  }

  float(field: number, name: string): number | undefined {
    return this.floats(field, name).at(-1);
  }

  floats(field: number, name: string): number[] {
    return this.#numbers(field, FIXED32, name, (reader) => reader.float());
  }

  /** The bytes of repeated floats or doubles, packed or not, one behind the other; a view where they are packed. */
  numberBytes(field: number, name: string, type: 'float32' | 'float64'): Uint8Array {
    const wire = type === 'float32' ? FIXED32 : FIXED64;
    const views = this.#repeated(field, wire, name).map((each) => this.#view(each));
    return views.length === 1 ? views[0] : Buffer.concat(views);
  }

  refusal(detail: string): OnnxRefusal {
    return new OnnxRefusal(`${this.path === '' ? 'the file' : this.path} ${detail}`);
  }

  #split(start: number, end: number): void {
    this.#reading(start, end, (reader) => {
      while (reader.pos < end) {
        if (--this.#file.fieldsLeft < 0) throw this.refusal(`brings the file over ${mostFields} fields`);
        const at = reader.pos;
        const tag = reader.uint32();
        const [field, wire] = [tag >>> 3, tag & 7];
        if (field === 0) throw this.refusal(`is damaged: byte ${at} starts no field`);
        if (wire !== VARINT && wire !== FIXED64 && wire !== BYTES && wire !== FIXED32) {
          throw this.refusal(`is damaged: byte ${at} has the wire type ${wire}`);
        }
        const length = wire === BYTES ? reader.uint32() : 0;
        const from = reader.pos;
        if (wire === BYTES) reader.skip(length);
        else reader.skipType(wire);
        if (reader.pos > end) throw this.refusal(`is damaged: the field at byte ${at} runs over its end`);
        this.#append(field, { wire, start: from, end: reader.pos });
      }
    });
  }

  #append(number: number, field: Field): void {
    const known = this.#fields.get(number);
    if (known === undefined) this.#fields.set(number, [field]);
    else known.push(field);
  }

  #all(number: number, wire: number, name: string): readonly Field[] {
    return this.#ofWire(number, [wire], name);
  }

  /** The fields of repeated numbers: one a number, or several packed into one. */
  #repeated(number: number, wire: number, name: string): readonly Field[] {
    return this.#ofWire(number, [wire, BYTES], name);
  }

  #ofWire(number: number, [wire, ...others]: readonly number[], name: string): readonly Field[] {
    const fields = this.#fields.get(number) ?? [];
    const wrong = fields.find((field) => field.wire !== wire && !others.includes(field.wire));
    if (wrong === undefined) return fields;
    throw this.refusal(`is damaged: ${name} is ${wireNames[wrong.wire]}, not ${wireNames[wire]}`);
  }

  #numbers<T>(number: number, wire: number, name: string, read: (reader: protobuf.Reader) => T): T[] {
    const values: T[] = [];
    for (const field of this.#repeated(number, wire, name)) {
      this.#reading(field.start, field.end, (reader) => {
        while (reader.pos < field.end) values.push(read(reader));
        if (reader.pos > field.end) throw this.refusal(`is damaged: a number of ${name} runs over its end`);
      });
    }
    return values;
  }

  /** What the library finds wrong is told with the place. */
  #reading(start: number, end: number, read: (reader: protobuf.Reader) => void): void {
    const reader = protobuf.Reader.create(this.#file.bytes);
    reader.pos = start;
    reader.len = end;
    try {
      read(reader);
    } catch (error) {
      if (error instanceof OnnxRefusal || !(error instanceof Error)) throw error;
      throw this.refusal(`is damaged near byte ${reader.pos}: ${error.message}`);
    }
  }

  #view({ start, end }: Field): Uint8Array {
    return this.#file.bytes.subarray(start, end);
  }

  #pathTo(name: string): string {
    return this.path === '' ? name : `${this.path}.${name}`;
  }
}

function decodeText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}
