import { z } from 'zod';
import { formatShape, type Shape, sameShape, stridesOf } from '../../tensors/tensor.ts';
import { featureAxis } from './layout.ts';
import type { MaybeNode, Site } from './site.ts';

const mostEntryFaults = 100;

/**
 * The target in the prediction's shape. Where that has one feature only, the target may also be sent without the axis
 * of the features: [m] for the predictions [1,m] or [m,1]. A shape that does not fit is a fault of the field `target`.
 */
export function alignedTarget(name: string, prediction: MaybeNode, site: Site): MaybeNode {
  const target = site.tensor(name, 'target');
  const shape = site.shapeOf(target);
  const wanted = site.shapeOf(prediction);
  if (shape === undefined || wanted === undefined) return undefined;
  const axis = featureAxis(site.layout, wanted);
  const isSingle = wanted.length > 1 && wanted[axis] === 1;
  const fitting: Shape[] = isSingle ? [wanted, wanted.toSpliced(axis, 1)] : [wanted];
  if (fitting.some((fit) => sameShape(fit, shape))) return site.reshape(target, wanted);
  refuseShape(name, shape, wanted, fitting, site);
  return undefined;
}

export const classTargetSchema = z
  .string()
  .describe(
    'Name of the classes: whole numbers from 0 on, in the shape of the prediction without its features ([m]), or ' +
      'one-hot in the shape of the prediction.',
  );

/** How cross-entropy is told the classes: an index per example, [m], or a row of probabilities, as the prediction. */
export interface ClassTarget {
  readonly kind: 'indices' | 'one-hot';
  readonly node: MaybeNode;
}

/**
 * The target of cross-entropy: class indices from 0 on in the prediction's shape without the axis of the features
 * ([m] for most; that axis may also be there with length 1), or one-hot in the prediction's shape. Each index that
 * names no class is a fault.
 */
export function classTarget(name: string, prediction: MaybeNode, site: Site): ClassTarget | undefined {
  const target = site.tensor(name, 'target');
  const shape = site.shapeOf(target);
  const wanted = site.shapeOf(prediction);
  if (shape === undefined || wanted === undefined) return undefined;
  const axis = site.featureAxis(prediction);
  if (axis === undefined) return undefined;
  if (sameShape(shape, wanted)) return { kind: 'one-hot', node: target };
  const indices = wanted.toSpliced(axis, 1);
  const fitting: Shape[] = [wanted, indices, wanted.with(axis, 1)];
  if (!fitting.some((fit) => sameShape(fit, shape))) {
    refuseShape(name, shape, wanted, fitting, site);
    return undefined;
  }
  checkIndices(name, wanted[axis], site);
  return { kind: 'indices', node: site.reshape(target, indices) };
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
  if (site.dataValues(name) === undefined) {
    site.fault(`${name} holds class indices, so it must be data, not a parameter`, 'target');
    return;
  }
  refuseEntries(
    name,
    (index) => Number.isInteger(index) && index >= 0 && index < classes,
    `but a class is a whole number from 0 to ${classes - 1}`,
    site,
  );
}

/** Adds a fault for each entry of a target that is data and holds what the loss cannot take. */
export function refuseEntries(
  name: string,
  fits: (entry: number) => boolean,
  wanted: string,
  site: Site,
): void {
  const target = site.dataValues(name);
  if (target === undefined) return;
  const wrong = [...target.values.entries()].filter(([, entry]) => !fits(entry));
  for (const [i, entry] of wrong.slice(0, mostEntryFaults)) {
    site.fault(`${name}[${indexOf(i, target.shape)}] is ${entry}, ${wanted}`, 'target');
  }
  if (wrong.length > mostEntryFaults) {
    site.fault(`and ${wrong.length - mostEntryFaults} more entries of ${name} that do not fit`, 'target');
  }
}

function indexOf(entry: number, shape: Shape): string {
  const strides = stridesOf(shape);
  return shape.map((length, axis) => Math.floor(entry / strides[axis]) % length).join();
}
