import { Emission } from '../../src/models/onnx/emission.ts';
import type { OnnxFile } from '../../src/models/onnx/file/onnx-file.ts';
import type { TensorContent } from '../../src/models/onnx/file/onnx-tensor.ts';
import { readOnnxFile } from '../../src/models/onnx/file/read-onnx-file.ts';
import { checkedOpset } from '../../src/models/onnx/opset.ts';
import { type NodeTranslation, translateNodes, valueNamed } from '../../src/models/onnx/translate-nodes.ts';
import type { Shape } from '../../src/tensors/tensor.ts';
import { type WrittenModel, writeOnnx } from './onnx-writer.ts';

/** A translation of a file whose inputs are all data, so that every value can be known. */
export function fixedTranslation(
  file: OnnxFile,
  given: (name: string) => TensorContent | undefined,
  refuse: (detail: string) => void,
): NodeTranslation {
  const emission = new Emission();
  const initializers = new Map(file.initializers.map((each) => [each.name, each]));
  return {
    opset: checkedOpset(file.opset),
    precision: 'decimal',
    emission,
    leaf(name) {
      const content = initializers.get(name)?.read() ?? given(name);
      return content && emission.data(name, content);
    },
    refuse,
  };
}

/** What a model of constants alone makes of them: the shape and the entries of its first output, or what is refused. */
export function outputOf(model: WrittenModel): { readonly shape: Shape; readonly values: number[] } | string {
  const file = readOnnxFile(writeOnnx(model));
  const refusals: string[] = [];
  const translation = fixedTranslation(
    file,
    () => undefined,
    (detail) => refusals.push(detail),
  );
  const values = translateNodes(file.nodes, translation);
  if (refusals.length > 0) return refusals.join('; ');
  const value = valueNamed(model.outputs[0], values, translation, 'the output');
  const entries = value && translation.emission.known(value);
  if (value === undefined || entries === undefined) return `${model.outputs[0]} is not known`;
  return { shape: value.shape, values: Array.from(entries) };
}
