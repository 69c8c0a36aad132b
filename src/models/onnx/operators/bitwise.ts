import { type ElementType, integerRange, isInteger } from '../element-type.ts';
import type { NodeSite } from '../node-site.ts';
import type { OnnxValue } from '../onnx-value.ts';
import { type OnnxOperator, operator } from '../operator.ts';
import { eachKnown, foldPairs } from './entrywise.ts';

/** Operators on the bits of whole numbers. */
export const bitwise: readonly OnnxOperator[] = [
  pairs('BitwiseAnd', (a, b) => a & b),
  pairs('BitwiseOr', (a, b) => a | b),
  pairs('BitwiseXor', (a, b) => a ^ b),
  operator('BitwiseNot', 18, (node) => {
    const x = wholeInput(node, 0);
    return eachKnown(node, x, (entry) => inType(~BigInt(entry), x.type));
  }),
  operator('BitShift', 11, (node) => {
    const x = wholeInput(node, 0);
    const direction = node.attributes.text('direction');
    if (direction !== 'LEFT' && direction !== 'RIGHT') node.refuse('its direction is neither LEFT nor RIGHT');
    const shift = direction === 'LEFT' ? (a: bigint, b: bigint) => a << b : (a: bigint, b: bigint) => a >> b;
    return onBits(node, x, wholeInput(node, 1), (a, b) => (b > 64n ? 0n : shift(a, b)));
  }),
];

type BitFunction = (left: bigint, right: bigint) => bigint;

function pairs(name: string, combine: BitFunction): OnnxOperator {
  return operator(name, 18, (node) => onBits(node, wholeInput(node, 0), wholeInput(node, 1), combine));
}

function wholeInput(node: NodeSite, position: number): OnnxValue {
  const x = node.input(position);
  return isInteger(x.type) ? x : node.refuse(`it takes whole numbers, not ${x.type}`);
}

function onBits(node: NodeSite, left: OnnxValue, right: OnnxValue, combine: BitFunction): OnnxValue {
  const whole = (a: number, b: number) => inType(combine(BigInt(a), BigInt(b)), left.type);
  return foldPairs(node, 'bits', whole, left, right, left.type);
}

/** The bits that a type has room for. */
function inType(value: bigint, type: ElementType): number {
  const bits = Number(/\d+$/.exec(type)?.[0]);
  return Number(integerRange(type)[0] < 0 ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value));
}
