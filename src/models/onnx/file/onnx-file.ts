import type { OnnxTensor } from './onnx-tensor.ts';

/** What is read of an ONNX file (`ModelProto` of onnx.proto): one graph, and which operator set it is written in. */
export interface OnnxFile {
  /** The version of the operators of ONNX's own domain; undefined when the file does not say. */
  readonly opset: number | undefined;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxTensor[];
  /** Those that are initializers too, as old files have it, included. */
  readonly inputs: readonly OnnxPort[];
  readonly outputs: readonly OnnxPort[];
}

export interface OnnxNode {
  /** How messages call it: `node 3 (Conv "conv1")`. */
  readonly source: string;
  readonly operator: string;
  /** Empty for ONNX's own operators. */
  readonly domain: string;
  /** Whether the operator is a function that the file defines itself. */
  readonly isCall: boolean;
  /** Names of values; an empty one stands for an input that is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, OnnxAttribute>;
}

/** What an attribute of each kind holds. */
export interface AttributeValues {
  readonly float: number;
  readonly int: number;
  readonly string: string;
  readonly tensor: OnnxTensor;
  readonly floats: readonly number[];
  readonly ints: readonly number[];
  readonly strings: readonly string[];
  /** Graphs, types, sparse tensors, … in words. */
  readonly other: string;
}

export type AttributeKind = keyof AttributeValues;

export type OnnxAttribute = {
  readonly [K in AttributeKind]: { readonly kind: K; readonly value: AttributeValues[K] };
}[AttributeKind];

/** An input or an output of the graph. */
export interface OnnxPort {
  readonly name: string;
  /** A number of `TensorProto.DataType`; undefined when it is no tensor. */
  readonly dataType: number | undefined;
  /** Lengths, symbols, and undefined for an axis of any length; undefined as a whole when nothing is declared. */
  readonly axes: readonly (number | string | undefined)[] | undefined;
}
