import { isFloat } from '../element-type.ts';
import type { NodeSite } from '../node-site.ts';
import type { OnnxValue } from '../onnx-value.ts';
import { type OnnxOperator, operator } from '../operator.ts';

/** Comparisons, what is made of their truth values (1 and 0), and the choice between two values by one. */
export const comparison: readonly OnnxOperator[] = [
  pairs('Equal', 7, 'equal'),
  pairs('Less', 7, 'less'),
  pairs('Greater', 7, 'greater'),
  pairs('LessOrEqual', 12, 'less-equal'),
  pairs('GreaterOrEqual', 12, 'greater-equal'),
  pairs('And', 7, 'multiply'),
  pairs('Or', 7, 'maximum'),
  pairs('Xor', 7, 'not-equal'),
  operator('Not', 1, (node) =>
    node.apply('equal', [node.input(0), node.scalar(0, node.input(0))], {}, 'bool'),
  ),
  operator('IsNaN', 9, (node) => node.apply('not-equal', [node.input(0), node.input(0)], {}, 'bool')),
  operator('IsInf', 10, isInfinite),
  operator('Where', 9, (node) => {
    const [condition, chosen, other] = [node.input(0), node.input(1), node.input(2)];
    return node.apply('where', [condition, chosen, other], {}, chosen.type);
  }),
];

/** Whole numbers, which float64 holds exactly, are compared as floats are. */
function pairs(name: string, since: number, op: string): OnnxOperator {
  return operator(name, since, (node) => node.apply(op, [node.input(0), node.input(1)], {}, 'bool'));
}

function isInfinite(node: NodeSite): OnnxValue {
  const x = node.input(0);
  if (!isFloat(x.type)) node.refuse(`it takes floats, not ${x.type}`);
  const is = (wanted: boolean | undefined, bound: number) =>
    node.apply('equal', [x, node.scalar((wanted ?? true) ? bound : Number.NaN, x)], {}, 'bool');
  const above = is(node.attributes.flag('detect_positive'), Number.POSITIVE_INFINITY);
  const below = is(node.attributes.flag('detect_negative'), Number.NEGATIVE_INFINITY);
  return node.apply('maximum', [above, below]);
}
