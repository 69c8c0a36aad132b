import { formatShape, type Shape, sameShape } from '../../tensors/tensor.ts';
import type { MaybeNode, Site } from './site.ts';

const mostIndexFaults = 100;

/**
 * The target in the prediction's shape. With one output per example it may also be sent as the vector [m].
 * A shape that does not fit is a fault of the field `target`.
 */
export function alignedTarget(name: string, prediction: MaybeNode, site: Site): MaybeNode {
  const target = site.tensor(name, 'target');
  const shape = site.shapeOf(target);
  const wanted = site.shapeOf(prediction);
  if (shape === undefined || wanted === undefined) return undefined;
  const single = wanted[site.layout.featureAxis] === 1;
  const fitting: Shape[] = single ? [wanted, [wanted[site.layout.exampleAxis]]] : [wanted];
  if (fitting.some((fit) => sameShape(fit, shape))) return site.reshape(target, wanted);
  refuseShape(name, shape, wanted, fitting, site);
  return undefined;
}

/** How cross-entropy is told the classes: an index per example, [m], or a row of probabilities, as the prediction. */
export interface ClassTarget {
  readonly kind: 'indices' | 'one-hot';
  readonly node: MaybeNode;
}

/**
 * The target of cross-entropy: class indices from 0 on as [m] (or with an axis of length 1 for the features), or
 * one-hot in the prediction's shape. Each index that names no class is a fault.
 */
export function classTarget(name: string, prediction: MaybeNode, site: Site): ClassTarget | undefined {
  const target = site.tensor(name, 'target');
  const shape = site.shapeOf(target);
  const wanted = site.shapeOf(prediction);
  if (shape === undefined || wanted === undefined) return undefined;
  const { featureAxis, exampleAxis } = site.layout;
  if (sameShape(shape, wanted)) return { kind: 'one-hot', node: target };
  const vector = [wanted[exampleAxis]];
  const fitting: Shape[] = [
    wanted,
    vector,
    wanted.map((length, axis) => (axis === featureAxis ? 1 : length)),
  ];
  if (!fitting.some((fit) => sameShape(fit, shape))) {
    refuseShape(name, shape, wanted, fitting, site);
    return undefined;
  }
  checkIndices(name, wanted[featureAxis], site);
  return { kind: 'indices', node: site.reshape(target, vector) };
}

function refuseShape(
  name: string,
  shape: Shape,
  prediction: Shape,
  fitting: readonly Shape[],
  site: Site,
): void {
  site.fault(
    `${name} has shape ${formatShape(shape)}, but the prediction has shape ${formatShape(prediction)}: ` +
      `${fitting.map(formatShape).join(' or ')} would fit`,
    'target',
  );
}

function checkIndices(name: string, classes: number, site: Site): void {
  const indices = site.dataValues(name);
  if (indices === undefined) {
    site.fault(`${name} holds class indices, so it must be data, not a parameter`, 'target');
    return;
  }
  const wrong = [...indices.values.entries()].filter(
    ([, index]) => !(Number.isInteger(index) && index >= 0 && index < classes),
  );
  for (const [i, index] of wrong.slice(0, mostIndexFaults)) {
    site.fault(`${name}[${i}] is ${index}, but a class is a whole number from 0 to ${classes - 1}`, 'target');
  }
  if (wrong.length > mostIndexFaults) {
    site.fault(`and ${wrong.length - mostIndexFaults} more entries of ${name} that name no class`, 'target');
  }
}
