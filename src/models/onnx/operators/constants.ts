import type { NodeSite } from '../node-site.ts';
import type { OnnxValue } from '../onnx-value.ts';
import { type OnnxOperator, operator } from '../operator.ts';

/** Values that the model itself holds. */
export const constants: readonly OnnxOperator[] = [
  operator('Constant', 1, constant),
  operator('Identity', 1, (node) => node.input(0)),
];

/** One of several attributes holds the value; those of single numbers and lists came with opset 12. */
function constant(node: NodeSite): OnnxValue {
  const { attributes } = node;
  const tensor = attributes.tensor('value');
  if (tensor !== undefined) return node.constantOf(tensor.read());
  const int = attributes.int('value_int');
  const float = attributes.float('value_float');
  const single = int ?? float;
  if (single !== undefined) {
    return node.constant(int === undefined ? 'float32' : 'int64', [], Float64Array.of(single));
  }
  const ints = attributes.ints('value_ints');
  const list = ints ?? attributes.floats('value_floats');
  if (list === undefined) return node.refuse('it holds no tensor and no numbers');
  return node.constant(ints === undefined ? 'float32' : 'int64', [list.length], Float64Array.from(list));
}
