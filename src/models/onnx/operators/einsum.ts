import { formatShape } from '../../../tensors/tensor.ts';
import type { NodeSite } from '../node-site.ts';
import type { OnnxValue } from '../onnx-value.ts';
import { type OnnxOperator, operator } from '../operator.ts';
import { readEquation } from './einsum-equation.ts';

/** Sums of products as Einstein wrote them. */
export const einsums: readonly OnnxOperator[] = [operator('Einsum', 12, einsum)];

/** A value with a label for each axis, no label twice. */
interface Labelled {
  readonly value: OnnxValue;
  readonly labels: readonly string[];
}

function einsum(node: NodeSite): OnnxValue {
  const inputs = node.allInputs().map((input) => node.needFloat(input));
  const text = node.attributes.text('equation') ?? node.refuse('it has no equation');
  const ranks = inputs.map(({ shape }) => shape.length);
  const equation = readEquation(text, ranks);
  if (typeof equation === 'string') return node.refuse(equation);
  const operands = inputs.map((value, i) => diagonal(node, { value, labels: equation.operands[i] }));
  const { output } = equation;
  const product = operands.reduce((left, right, i) => {
    const later = new Set([...output, ...operands.slice(i + 1).flatMap(({ labels }) => labels)]);
    return pairProduct(node, left, right, later);
  });
  return arranged(node, summed(node, product, new Set(output)), output).value;
}

/** Of axes with the same label the entries with the same index. */
function diagonal(node: NodeSite, { value, labels }: Labelled): Labelled {
  const second = labels.findIndex((label, i) => labels.indexOf(label) < i);
  if (second < 0) return { value, labels };
  const first = labels.indexOf(labels[second]);
  const rest = labels.map((_, axis) => axis).filter((axis) => axis !== first && axis !== second);
  const [length, other] = [value.shape[first], value.shape[second]];
  if (length !== other) node.refuse(`${labels[first]} is an axis of ${length} and of ${other} entries`);
  const front = node.transpose(value, [first, second, ...rest]);
  const lengths = rest.map((axis) => value.shape[axis]);
  const steps = node.apply('slice', [node.reshape(front, [length * length, ...lengths])], {
    starts: [0, ...rest.map(() => 0)],
    ends: [length * length, ...lengths],
    steps: [length + 1, ...rest.map(() => 1)],
  });
  return diagonal(node, { value: steps, labels: [labels[first], ...rest.map((axis) => labels[axis])] });
}

/** The sum over every axis whose label is not kept. */
function summed(node: NodeSite, { value, labels }: Labelled, kept: ReadonlySet<string>): Labelled {
  const axes = labels.flatMap((label, axis) => (kept.has(label) ? [] : [axis]));
  if (axes.length === 0) return { value, labels };
  return {
    value: node.apply('sum', [value], { axes, keepDims: false }),
    labels: labels.filter((label) => kept.has(label)),
  };
}

/** The axes in the order of the labels. */
function arranged(node: NodeSite, { value, labels }: Labelled, order: readonly string[]): Labelled {
  return {
    value: node.transpose(
      value,
      order.map((label) => labels.indexOf(label)),
    ),
    labels: order,
  };
}

/** The product of two, summed over the labels that nothing asks for later: a product of matrices. */
function pairProduct(node: NodeSite, a: Labelled, b: Labelled, later: ReadonlySet<string>): Labelled {
  const left = summed(node, a, new Set([...b.labels, ...later]));
  const right = summed(node, b, new Set([...a.labels, ...later]));
  const shared = left.labels.filter((label) => right.labels.includes(label));
  const gone = shared.filter((label) => !later.has(label));
  if (gone.length === 0 || gone.some((label) => lengthOf(left, label) !== lengthOf(right, label))) {
    return summed(node, entrywiseProduct(node, left, right), later);
  }
  const batch = shared.filter((label) => later.has(label));
  const rows = left.labels.filter((label) => !shared.includes(label));
  const columns = right.labels.filter((label) => !shared.includes(label));
  const product = node.apply('matmul', [
    matrices(node, left, batch, rows, gone),
    matrices(node, right, batch, gone, columns),
  ]);
  const lengths = [
    ...product.shape.slice(0, -2),
    ...rows.map((label) => lengthOf(left, label)),
    ...columns.map((label) => lengthOf(right, label)),
  ];
  return { value: node.reshape(product, lengths), labels: [...batch, ...rows, ...columns] };
}

function lengthOf({ value, labels }: Labelled, label: string): number {
  return value.shape[labels.indexOf(label)];
}

/** [...batch, rows, columns], the axes of rows and of columns merged. */
function matrices(
  node: NodeSite,
  each: Labelled,
  batch: readonly string[],
  rows: readonly string[],
  columns: readonly string[],
): OnnxValue {
  const { value } = arranged(node, each, [...batch, ...rows, ...columns]);
  const sizeOf = (labels: readonly string[]) =>
    labels.reduce((size, label) => size * lengthOf(each, label), 1);
  return node.reshape(value, [...value.shape.slice(0, batch.length), sizeOf(rows), sizeOf(columns)]);
}

/** Axes of all labels of both, those that one does not have of length 1. */
function entrywiseProduct(node: NodeSite, left: Labelled, right: Labelled): Labelled {
  const labels = [...new Set([...left.labels, ...right.labels])];
  const spread = (each: Labelled) => {
    const own = labels.filter((label) => each.labels.includes(label));
    const shape = labels.map((label) => (each.labels.includes(label) ? lengthOf(each, label) : 1));
    return node.reshape(arranged(node, each, own).value, shape);
  };
  const [a, b] = [spread(left), spread(right)];
  const wrong = a.shape.some((length, i) => length !== b.shape[i] && length !== 1 && b.shape[i] !== 1);
  if (wrong)
    node.refuse(`axes of the same label differ: ${formatShape(a.shape)} and ${formatShape(b.shape)}`);
  return { value: node.apply('multiply', [a, b]), labels };
}
