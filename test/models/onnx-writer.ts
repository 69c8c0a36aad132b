import protobuf from 'protobufjs/minimal.js';
import type { Shape } from '../../src/tensors/tensor.ts';

/** A tensor, of float64 unless it says otherwise. */
export interface WrittenTensor {
  readonly shape: Shape;
  readonly values: ArrayLike<number>;
  /** float32. */
  readonly single?: boolean;
  /** Whole numbers, as int64. */
  readonly whole?: boolean;
  /** Not in the file, which names another one. */
  readonly external?: boolean;
}

/** A number is an int; a float says so. */
type WrittenAttribute = number | string | readonly number[] | { readonly float: number };

export interface WrittenNode {
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** ONNX's own if left out. */
  readonly domain?: string;
  readonly attributes?: Readonly<Record<string, WrittenAttribute>>;
}

export interface WrittenModel {
  readonly opset: number;
  readonly nodes: readonly WrittenNode[];
  readonly initializers: Readonly<Record<string, WrittenTensor>>;
  /** Behind those, perhaps with their names. */
  readonly moreInitializers?: Readonly<Record<string, WrittenTensor>>;
  /** An axis is a length or a symbol. */
  readonly inputs: Readonly<Record<string, readonly (number | string)[]>>;
  /** A number of `TensorProto.DataType` for inputs that are not float64. */
  readonly inputTypes?: Readonly<Record<string, number>>;
  readonly outputs: readonly string[];
  /** Operators that the file defines itself, by domain; what they compute is left out. */
  readonly functions?: Readonly<Record<string, string>>;
}

const FLOAT = 1;
const INT64 = 7;
const DOUBLE = 11;

type Writing = (writer: protobuf.Writer) => void;

/** The bytes of an ONNX file. Field numbers are those of onnx.proto. */
export function writeOnnx(model: WrittenModel): Uint8Array {
  const writer = protobuf.Writer.create();
  integer(writer, 1, 9);
  message(writer, 8, (opset) => integer(opset, 2, model.opset));
  message(writer, 7, (graph) => {
    for (const node of model.nodes) message(graph, 1, (each) => writeNode(each, node));
    text(graph, 2, 'model');
    const initializers = [model.initializers, model.moreInitializers ?? {}].flatMap(
      Object.entries<WrittenTensor>,
    );
    for (const [name, tensor] of initializers) {
      message(graph, 5, (each) => writeTensor(each, name, tensor));
    }
    for (const [name, axes] of Object.entries(model.inputs))
      message(graph, 11, (each) => writePort(each, name, model.inputTypes?.[name] ?? DOUBLE, axes));
    for (const name of model.outputs) message(graph, 12, (each) => text(each, 1, name));
  });
  for (const [domain, name] of Object.entries(model.functions ?? {})) {
    message(writer, 25, (each) => {
      text(each, 1, name);
      text(each, 10, domain);
    });
  }
  return writer.finish();
}

function writeNode(
  writer: protobuf.Writer,
  { operator, inputs, outputs, domain, attributes = {} }: WrittenNode,
): void {
  for (const name of inputs) text(writer, 1, name);
  for (const name of outputs) text(writer, 2, name);
  text(writer, 3, `the ${operator}`);
  text(writer, 4, operator);
  if (domain !== undefined) text(writer, 7, domain);
  for (const [name, value] of Object.entries(attributes)) {
    message(writer, 5, (attribute) => {
      text(attribute, 1, name);
      writeAttribute(attribute, value);
    });
  }
}

function writeAttribute(writer: protobuf.Writer, value: WrittenAttribute): void {
  if (typeof value === 'number') {
    integer(writer, 3, value);
    integer(writer, 20, 2);
  } else if (typeof value === 'string') {
    text(writer, 4, value);
    integer(writer, 20, 3);
  } else if ('float' in value) {
    writer.uint32(key(2, 5)).float(value.float);
    integer(writer, 20, 1);
  } else {
    for (const each of value) integer(writer, 8, each);
    integer(writer, 20, 7);
  }
}

function writeTensor(
  writer: protobuf.Writer,
  name: string,
  { shape, values, single, whole, external }: WrittenTensor,
): void {
  for (const length of shape) integer(writer, 1, length);
  integer(writer, 2, whole ? INT64 : single ? FLOAT : DOUBLE);
  text(writer, 8, name);
  if (external) {
    integer(writer, 14, 1);
    return;
  }
  const floats = single ? Float32Array.from(values) : Float64Array.from(values);
  const numbers = whole ? BigInt64Array.from(Array.from(values), BigInt) : floats;
  writer.uint32(key(9, 2)).bytes(new Uint8Array(numbers.buffer));
}

function writePort(
  writer: protobuf.Writer,
  name: string,
  dataType: number,
  axes: readonly (number | string)[],
): void {
  text(writer, 1, name);
  message(writer, 2, (type) =>
    message(type, 1, (tensor) => {
      integer(tensor, 1, dataType);
      message(tensor, 2, (shape) => {
        for (const axis of axes) {
          message(shape, 1, (dimension) =>
            typeof axis === 'number' ? integer(dimension, 1, axis) : text(dimension, 2, axis),
          );
        }
      });
    }),
  );
}

function key(field: number, wire: number): number {
  return field * 8 + wire;
}

function integer(writer: protobuf.Writer, field: number, value: number): void {
  writer.uint32(key(field, 0)).int64(value);
}

function text(writer: protobuf.Writer, field: number, value: string): void {
  writer.uint32(key(field, 2)).string(value);
}

function message(writer: protobuf.Writer, field: number, write: Writing): void {
  writer.uint32(key(field, 2)).fork();
  write(writer);
  writer.ldelim();
}
