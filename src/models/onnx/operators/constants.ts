import { elementType, nameOfElementType } from '../element-type.ts';
import type { NodeSite } from '../node-site.ts';
import type { OnnxValue } from '../onnx-value.ts';
import { type OnnxOperator, operator } from '../operator.ts';

/** Values that the model itself holds or makes of numbers alone. */
export const constants: readonly OnnxOperator[] = [
  operator('Constant', 1, constant),
  operator('Identity', 1, (node) => node.input(0)),
  operator('ConstantOfShape', 9, filled),
  operator('Range', 11, range),
  operator('EyeLike', 9, eyeLike),
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
  if (list === undefined) {
    attributes.refuseUnread();
    return node.refuse('it holds no tensor and no numbers');
  }
  return node.constant(ints === undefined ? 'float32' : 'int64', [list.length], Float64Array.from(list));
}

/** One number, 0 by default, everywhere. */
function filled(node: NodeSite): OnnxValue {
  const shape = node.needIntegers(node.input(0), 'the shape');
  const { type, values } = node.attributes.tensor('value')?.read() ?? {
    type: 'float32' as const,
    values: Float64Array.of(0),
  };
  return node.broadcastTo(node.constant(type, [], values.slice(0, 1)), shape);
}

/** start, start + delta, … up to before limit. */
function range(node: NodeSite): OnnxValue {
  const [start, limit, delta] = [0, 1, 2].map((i) => node.needKnown(node.input(i), 'a bound')[0]);
  if (delta === 0) node.refuse('the step is 0');
  const count = Math.max(0, Math.ceil((limit - start) / delta));
  return node.fold(node.input(0).type, [count], (i) => start + i * delta);
}

/** 1 on a diagonal, `k` above the main one, 0 elsewhere. */
function eyeLike(node: NodeSite): OnnxValue {
  const { shape, type } = node.input(0);
  if (shape.length !== 2) node.refuse('it takes a matrix');
  const number = node.attributes.int('dtype');
  const own = number === undefined ? type : elementType(number);
  if (own === undefined) return node.refuse(`the type ${nameOfElementType(number ?? 0)} is not supported`);
  const k = node.attributes.int('k') ?? 0;
  return node.fold(own, shape, (i) => Number((i % shape[1]) - Math.floor(i / shape[1]) === k));
}
