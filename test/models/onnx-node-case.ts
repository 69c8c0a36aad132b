import { elementType, isFloat, nameOfElementType } from '../../src/models/onnx/element-type.ts';
import type { OnnxFile } from '../../src/models/onnx/file/onnx-file.ts';
import { type OnnxTensor, readTensor } from '../../src/models/onnx/file/onnx-tensor.ts';
import { readOnnxFile } from '../../src/models/onnx/file/read-onnx-file.ts';
import { WireMessage } from '../../src/models/onnx/file/wire-message.ts';
import { OnnxRefusal } from '../../src/models/onnx/onnx-refusal.ts';
import {
  type NodeTranslation,
  translateNodes,
  type ValueTable,
  valueNamed,
} from '../../src/models/onnx/translate-nodes.ts';
import { formatShape, sameShape } from '../../src/tensors/tensor.ts';
import { fixedTranslation } from './onnx-values.ts';

/** One of the ONNX project's node cases: a model, and what it makes of its inputs. */
export interface NodeCase {
  readonly name: string;
  readonly model: Uint8Array;
  readonly inputs: readonly Uint8Array[];
  readonly outputs: readonly Uint8Array[];
}

/** Cases whose outputs were written down with four digits. */
const brief = new Set(['test_averagepool_2d_ceil_last_window_starts_on_pad']);

export type Outcome =
  | { readonly kind: 'passed'; readonly operators: readonly string[] }
  /** Something of it is not supported, and was said to be. */
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'failed'; readonly detail: string };

/** Translates the model with its inputs as data, and compares what each output is with what it should be. */
export function runNodeCase(nodeCase: NodeCase): Outcome {
  try {
    const file = readOnnxFile(nodeCase.model);
    const refusals: string[] = [];
    const translation = translationOf(file, nodeCase, (detail) => refusals.push(detail));
    const values = translateNodes(file.nodes, translation);
    if (refusals.length > 0) return { kind: 'refused', reason: reasonOf(refusals[0]) };
    const detail = nodeCase.outputs
      .map((bytes, position) =>
        departure(
          file.outputs[position].name,
          bytes,
          values,
          translation,
          brief.has(nodeCase.name) ? 1e-3 : 1e-5,
        ),
      )
      .find((each) => each !== undefined);
    if (detail !== undefined) return { kind: 'failed', detail };
    return { kind: 'passed', operators: [...new Set(file.nodes.map(({ operator }) => operator))] };
  } catch (error) {
    if (error instanceof OnnxRefusal) return { kind: 'refused', reason: reasonOf(error.message) };
    throw error;
  }
}

function translationOf(
  file: OnnxFile,
  { inputs }: NodeCase,
  refuse: (detail: string) => void,
): NodeTranslation {
  const given = new Map<string, OnnxTensor>();
  const own = new Set(file.initializers.map(({ name }) => name));
  for (const [i, { name, dataType }] of file.inputs.filter((port) => !own.has(port.name)).entries()) {
    if (dataType === undefined) throw new OnnxRefusal('an input is a sequence or optional');
    if (inputs[i] !== undefined) given.set(name, readTensor(WireMessage.read(inputs[i])));
  }
  return fixedTranslation(file, (name) => given.get(name)?.read(), refuse);
}

/** What is wrong with an output; undefined when it is as it should be. */
function departure(
  name: string,
  bytes: Uint8Array,
  values: ValueTable,
  translation: NodeTranslation,
  precision: number,
): string | undefined {
  const wanted = expected(bytes);
  const value = valueNamed(name, values, translation, 'the output');
  const type = elementType(wanted.dataType);
  if (value === undefined) return `${name} is not known`;
  if (value.type !== type) return `${name} is ${value.type}, not ${nameOfElementType(wanted.dataType)}`;
  if (!sameShape(value.shape, wanted.shape)) {
    return `${name} has shape ${formatShape(value.shape)}, not ${formatShape(wanted.shape)}`;
  }
  const entries = translation.emission.known(value);
  if (entries === undefined) throw new OnnxRefusal('takes too long to compute');
  const target = wanted.read().values;
  const slack = isFloat(type) ? Math.max(precision, 2 * unitOf(type)) : 0;
  const wrong = target.findIndex((entry, i) => !isNear(rounded(entries[i], type), entry, slack));
  return wrong < 0 ? undefined : `entry ${wrong} of ${name} is ${entries[wrong]}, not ${target[wrong]}`;
}

function expected(bytes: Uint8Array): OnnxTensor {
  try {
    return readTensor(WireMessage.read(bytes));
  } catch {
    throw new OnnxRefusal('an output is a sequence or optional');
  }
}

/** Computed in float64, compared in the type that the model says. */
function rounded(value: number, type: string): number {
  return type === 'float32' ? Math.fround(value) : value;
}

/** Half the distance from 1 to the next larger number of a float type. */
function unitOf(type: string): number {
  if (type === 'float16') return 2 ** -11;
  return type === 'bfloat16' ? 2 ** -8 : 2 ** -24;
}

function isNear(value: number, target: number, slack: number): boolean {
  return (
    Object.is(value, target) ||
    Math.abs(value - target) <= slack * (Math.abs(target) + 0.01) ||
    value === target
  );
}

/** A refusal without its node's number and name: `Conv: …`. */
function reasonOf(message: string): string {
  return message.replace(/^node \d+ \((\w*)[^)]*\): /, '$1: ');
}
