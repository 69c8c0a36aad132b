import { expect, it } from 'vitest';
import { layerKinds } from '../../src/models/layers/layer-registry.ts';
import type { Shape } from '../../src/tensors/tensor.ts';
import {
  draw,
  fill,
  kinkConformance,
  modelConformance,
  type PlainTensor,
  type PlainTensors,
  transposed,
} from '../conformance/model-conformance.ts';
import { activations } from './layer-descriptions/activations.ts';
import type { LayerDescription } from './layer-descriptions/layer-description.ts';
import { norms } from './layer-descriptions/norms.ts';
import { sequences } from './layer-descriptions/sequences.ts';
import { structure } from './layer-descriptions/structure.ts';
import { windowed } from './layer-descriptions/windows.ts';

const descriptions = [...activations, ...structure, ...sequences, ...windowed, ...norms];

function drawn(shape: Shape | PlainTensor, seed: number, options: Parameters<typeof draw>[2]): PlainTensor {
  return 'shape' in shape ? shape : draw(shape, seed, options);
}

/** J is the sum of squares of the output, taken from targets that are not 0. */
function caseOf(description: LayerDescription, columns: boolean) {
  const {
    layer,
    theta: shapes,
    data = {},
    output,
    kinks = [],
    range = [-1.5, 1.5],
    notAnalytic,
  } = description;
  const [low, high] = range;
  const drawAll = (all: Readonly<Record<string, Shape | PlainTensor>>, seed: number): PlainTensors =>
    Object.fromEntries(
      Object.entries(all).map(([name, shape], i) => [
        name,
        drawn(shape, seed + i, name === 'X' ? { low, high, avoid: kinks } : {}),
      ]),
    );
  const [own, beside] = [drawAll(shapes, 1), drawAll(data, 40)];
  const turn = (tensors: PlainTensors) =>
    columns
      ? Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, transposed(tensor)]))
      : tensors;
  const target = draw(output({ ...own, ...beside }).shape, 77);
  const layout = columns ? 'features-first' : 'batch-first';
  return {
    title: `${JSON.stringify(layer)} of ${JSON.stringify(shapes)}, ${layout}`,
    model: { layout, layers: [layer], loss: { type: 'mse', target: 'T', reduction: 'sum' } },
    theta: turn(own),
    data: turn({ ...beside, T: target }),
    cost: (theta: PlainTensors) =>
      output({ ...turn(theta), ...beside }).values.reduce(
        (sum, value, i) => sum + (value - target.values[i]) ** 2,
        0,
      ),
    notAnalytic,
  };
}

for (const description of descriptions) {
  modelConformance(caseOf(description, false));
  if (description.columns) modelConformance(caseOf(description, true));
}

for (const { layer, kinks = [], theta, output } of descriptions) {
  for (const kink of kinks.filter(() => theta.a === undefined)) {
    const X = fill(theta.X.length === 2 ? [2, 2] : theta.X, () => kink);
    const { shape } = output({ X });
    kinkConformance({
      title: `${JSON.stringify(layer)} at ${kink}`,
      model: { layout: 'batch-first', layers: [layer], loss: { type: 'mse', target: 'T' } },
      theta: { X },
      data: { T: fill(shape, () => 1.5) },
      cost: (moved) => output(moved).values.reduce((sum, value) => sum + (value - 1.5) ** 2, 0) / shape[0],
    });
  }
}

it('every layer of the registry is described', () => {
  const described = new Set(descriptions.map(({ layer }) => layer.type));
  expect([...layerKinds.byType.keys()].filter((type) => !described.has(type))).toEqual([]);
});
