import { type ElementType, elementType, integerRange, isFloat, nameOfElementType } from '../element-type.ts';
import type { NodeSite } from '../node-site.ts';
import type { OnnxValue } from '../onnx-value.ts';
import { type OnnxOperator, operator } from '../operator.ts';

/** Changes of element type. All floats are computed in float64, so that a cast between them changes nothing. */
export const casts: readonly OnnxOperator[] = [
  operator('Cast', 1, (node) => {
    const to = node.attributes.int('to') ?? node.refuse('it does not say to which type');
    node.attributes.int('saturate');
    node.attributes.text('round_mode');
    const type = elementType(to) ?? node.refuse(`casting to ${nameOfElementType(to)} is not supported`);
    return cast(node, node.input(0), type);
  }),
  operator('CastLike', 15, (node) => {
    node.attributes.int('saturate');
    node.attributes.text('round_mode');
    return cast(node, node.input(0), node.input(1).type);
  }),
];

/** To a whole number and to bool what is cast must be known, as such a cast has no derivative. */
export function cast(node: NodeSite, x: OnnxValue, type: ElementType): OnnxValue {
  if (type === x.type) return x;
  if (isFloat(type)) return node.retyped(x, type);
  if (type === 'bool' && isFloat(x.type)) {
    return node.apply('not-equal', [x, node.scalar(0, x)], {}, 'bool');
  }
  if (x.type === 'bool') return node.retyped(x, type);
  const entries = node.needKnown(x, `what is cast to ${type}`);
  if (type === 'bool') return node.fold(type, x.shape, (i) => (entries[i] === 0 ? 0 : 1));
  const [least, most] = integerRange(type);
  if (!isFloat(x.type) && entries.every((entry) => entry >= least && entry <= most)) {
    return node.retyped(x, type);
  }
  return node.fold(type, x.shape, (i) => Math.trunc(entries[i]));
}
