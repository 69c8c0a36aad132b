import { pointerTo } from '../../errors/fault.ts';
import { isObject, readBySchema } from '../schema-faults.ts';
import type { LayerGraph } from './layer-graph.ts';
import { lossJoiningSchema } from './loss.ts';
import { lossKinds } from './loss-registry.ts';
import { readPartKind } from './part-type.ts';
import { type Lowering, type MaybeNode, Site } from './site.ts';

const joining = lossJoiningSchema.shape;

/** Lowers one loss, or the sum of a list of them, each times its weight. */
export function lowerLosses(
  loss: unknown,
  pointer: string,
  layers: LayerGraph,
  lowering: Lowering,
): MaybeNode {
  if (!Array.isArray(loss)) return lowerLoss(loss, pointer, 'loss', layers, lowering);
  if (loss.length === 0) {
    lowering.faults.add(pointer, 'must not be empty');
    return layers.readLast();
  }
  const terms = loss.map((each: unknown, i) =>
    lowerLoss(each, pointerTo(pointer, i), `loss[${i}]`, layers, lowering),
  );
  const site = new Site(lowering, pointer, 'loss');
  return terms.reduce((sum, next) => site.apply('add', [sum, next]));
}

function lowerLoss(
  loss: unknown,
  pointer: string,
  source: string,
  layers: LayerGraph,
  lowering: Lowering,
): MaybeNode {
  const found = readPartKind(loss, pointer, source, lossKinds, lowering.faults);
  const site = new Site(lowering, pointer, found === undefined ? source : `${source} (${found.type})`);
  const field = (name: string) => (isObject(loss) ? loss[name] : undefined);
  const input = readBySchema(joining.input, field('input'), pointerTo(pointer, 'input'), lowering.faults);
  const weight = readBySchema(joining.weight, field('weight'), pointerTo(pointer, 'weight'), lowering.faults);
  const prediction = input === undefined ? layers.readLast() : layers.readNamed(input, site, 'input');
  const value = found?.kind.lower(loss, prediction, site);
  if (weight === undefined || weight === 1) return value;
  return site.apply('multiply', [site.scalar(weight), value]);
}
