import protobuf from 'protobufjs/minimal.js';
import { describe, expect, it } from 'vitest';
import { readTensor } from '../../src/models/onnx/file/onnx-tensor.ts';
import { WireMessage } from '../../src/models/onnx/file/wire-message.ts';
import { faultsOf, model, node } from './onnx-square-sum.ts';

const [FLOAT, INT64, DOUBLE, UINT64] = [1, 7, 11, 13];
const [VARINT, FIXED64, BYTES, FIXED32] = [0, 1, 2, 5];

/** A `TensorProto` of one axis, its entries written by `write`. */
function entriesOf(dataType: number, length: number, write: (writer: protobuf.Writer) => void) {
  const writer = protobuf.Writer.create();
  writer.uint32(8 + VARINT).int64(length);
  writer.uint32(16 + VARINT).int32(dataType);
  write(writer);
  return Array.from(readTensor(WireMessage.read(writer.finish())).read().values);
}

describe('a tensor of an ONNX file', () => {
  it('has its floats packed or one by one, or first this and then that', () => {
    const packed = (writer: protobuf.Writer) =>
      writer
        .uint32(32 + BYTES)
        .fork()
        .float(0.5)
        .float(-2)
        .ldelim();
    const single = (writer: protobuf.Writer) => writer.uint32(32 + FIXED32).float(3);
    expect(entriesOf(FLOAT, 2, packed)).toEqual([0.5, -2]);
    expect(entriesOf(FLOAT, 1, single)).toEqual([3]);
    expect(entriesOf(FLOAT, 3, (writer) => single(packed(writer)))).toEqual([0.5, -2, 3]);
  });

  it('has its doubles likewise', () => {
    const tenths = (writer: protobuf.Writer) =>
      writer
        .uint32(80 + BYTES)
        .fork()
        .double(0.1)
        .ldelim()
        .uint32(80 + FIXED64)
        .double(0.2);
    expect(entriesOf(DOUBLE, 2, tenths)).toEqual([0.1, 0.2]);
    expect(() => entriesOf(DOUBLE, 3, tenths)).toThrow('has 16 bytes of float64, but its shape takes 24');
  });

  it('has infinity for what int64 has in its place', () => {
    const ends = ['9223372036854775807', '-9223372036854775808', '-9223372036854775807'];
    const written = (writer: protobuf.Writer) => {
      writer.uint32(56 + BYTES).fork();
      for (const end of ends) writer.int64(end);
      writer.ldelim();
    };
    expect(entriesOf(INT64, 3, written)).toEqual([Infinity, -Infinity, -Infinity]);
    const raw = (writer: protobuf.Writer) =>
      writer.uint32(72 + BYTES).bytes(new Uint8Array(BigInt64Array.from(ends, BigInt).buffer));
    expect(entriesOf(INT64, 3, raw)).toEqual([Infinity, -Infinity, -Infinity]);
  });

  it('is refused for a uint64 that float64 does not hold, which is not taken for −1', () => {
    const largest = (writer: protobuf.Writer) => writer.uint32(88 + VARINT).uint64('18446744073709551615');
    expect(() => entriesOf(UINT64, 1, largest)).toThrow('has 18446744073709551615 in uint64_data');
  });

  it('is refused by name when its numbers are in another file', () => {
    const file = { initializers: { w: { shape: [2, 1], values: [], external: true } } };
    expect(faultsOf(file)).toEqual([
      '/model: graph.initializer[0] ("w") keeps its numbers in another file (external_data): export the model as one file, in PyTorch with external_data=False',
    ]);
    expect(faultsOf(file, { parameters: { w: [[1], [2]] } })).toEqual([]);
  });

  it('is refused as a parameter when it is not finite', () => {
    const file = { initializers: { w: { shape: [2, 1], values: [1, Number.NaN] } } };
    expect(faultsOf(file)).toEqual([
      '/model: the initializer "w" is NaN at [1,0], but parameters must be finite',
    ]);
  });

  it.each([
    ['int64', INT64, 0.5],
    ['uint8', 2, -3],
    ['int8', 3, 128],
    ['bool', 9, 2],
  ])('is refused as an input of the type %s for numbers that are none of it', (type, dataType, wrong) => {
    const file = {
      nodes: [node('Cast', 'X', 'x', { to: DOUBLE }), node('MatMul', 'x w', 'z'), ...model.nodes.slice(1)],
      inputTypes: { X: dataType },
    };
    expect(faultsOf(file, { data: { X: [[1, wrong]] } })).toEqual([
      `/data/X: is ${type} in the model, but entry 1 is ${wrong}`,
    ]);
  });
});
