import type { Faults } from '../../errors/fault.ts';
import { GraphBuilder } from '../../graph/graph-builder.ts';
import { describeJson } from '../../tensors/describe-json.ts';
import { formatShape } from '../../tensors/tensor.ts';
import type { ModelFormat, ModelInputs, NamedTensors } from '../model-format.ts';
import { addUnknownFields, isObject, readBySchema } from '../schema-faults.ts';
import { layerKinds } from './layer-registry.ts';
import { layersModelSchema } from './layers-model.ts';
import { type Layout, layoutNamed } from './layout.ts';
import { lossKinds } from './loss-registry.ts';
import { readPartKind } from './part-type.ts';
import { lowerRegularizer, regularizerKinds } from './regularization.ts';
import { type Lowering, type MaybeNode, Site } from './site.ts';

const fields = layersModelSchema.shape;

/** Layers, and regularisers, that a model may have. */
const mostParts = 10_000;

/** Networks as a list of layers, a loss and regularisers, lowered to J = loss + penalties. */
export const layersFormat: ModelFormat = {
  name: 'layers',
  impliedData: ['X'],

  build(model, pointer, inputs, faults) {
    const before = faults.list.length;
    if (!isObject(model)) {
      faults.add(pointer, `must be an object, not ${describeJson(model)}`);
      return undefined;
    }
    const known = Object.keys(fields);
    const unknown = Object.keys(model).filter((field) => !known.includes(field));
    addUnknownFields(unknown, pointer, faults, known, []);

    const lowering = startLowering(model, pointer, inputs, faults);
    const input = lowerInput(model, pointer, lowering);
    const prediction = lowerLayers(model.layers, `${pointer}/layers`, input, lowering);
    const loss = lowerLoss(model.loss, `${pointer}/loss`, prediction, lowering);
    const cost = addPenalties(model.regularization, `${pointer}/regularization`, loss, lowering);
    if (cost === undefined || faults.list.length > before) return undefined;
    return lowering.builder.finish(cost);
  },
};

function startLowering(
  model: Readonly<Record<string, unknown>>,
  pointer: string,
  inputs: ModelInputs,
  faults: Faults,
): Lowering {
  const before = faults.list.length;
  const name = readBySchema(fields.layout, model.layout, `${pointer}/layout`, faults);
  const weightLayout = readBySchema(
    fields.weightLayout,
    model.weightLayout,
    `${pointer}/weightLayout`,
    faults,
  );
  const builder = new GraphBuilder();
  const layout = layoutNamed(name ?? 'features-first', weightLayout);
  if (faults.list.length > before) {
    // Without a layout no shape can be judged, only names.
    const shapeless = { data: withoutShapes(inputs.data), parameters: withoutShapes(inputs.parameters) };
    return { builder, inputs: shapeless, layout, examples: undefined, faults };
  }
  return { builder, inputs, layout, examples: exampleCount(model.input, layout, inputs), faults };
}

function withoutShapes(tensors: NamedTensors): NamedTensors {
  return new Map(Array.from(tensors.keys(), (name) => [name, undefined]));
}

function exampleCount(input: unknown, layout: Layout, { data, parameters }: ModelInputs): number | undefined {
  const name = typeof input === 'string' ? input : 'X';
  const shape = (parameters.get(name) ?? data.get(name))?.shape;
  return shape?.length === 2 ? shape[layout.exampleAxis] : undefined;
}

function lowerInput(
  model: Readonly<Record<string, unknown>>,
  pointer: string,
  lowering: Lowering,
): MaybeNode {
  const name = readBySchema(fields.input, model.input, `${pointer}/input`, lowering.faults);
  if (name === undefined) return undefined;
  const site = new Site(lowering, `${pointer}/input`, 'input');
  const input = site.tensor(name);
  const shape = site.shapeOf(input);
  if (shape === undefined) return undefined;
  const axes = lowering.layout.name === 'features-first' ? '[features,examples]' : '[examples,features]';
  if (shape.length !== 2) {
    site.fault(`${name} has shape ${formatShape(shape)}, but the input has two axes, ${axes}`);
    return undefined;
  }
  if (lowering.examples === 0)
    site.fault(`${name} has shape ${formatShape(shape)}, so no examples (${axes})`);
  return input;
}

function lowerLayers(layers: unknown, pointer: string, input: MaybeNode, lowering: Lowering): MaybeNode {
  if (!Array.isArray(layers) || layers.length === 0) {
    lowering.faults.add(pointer, `must be an array of one layer or more, not ${describeJson(layers)}`);
    return undefined;
  }
  if (tooMany(layers, pointer, lowering.faults)) return undefined;
  return layers.reduce<MaybeNode>((activation, layer: unknown, i) => {
    const at = `${pointer}/${i}`;
    const found = readPartKind(layer, at, `layers[${i}]`, layerKinds, lowering.faults);
    return found?.kind.lower(layer, activation, new Site(lowering, at, `layers[${i}] (${found.type})`));
  }, input);
}

function lowerLoss(loss: unknown, pointer: string, prediction: MaybeNode, lowering: Lowering): MaybeNode {
  const found = readPartKind(loss, pointer, 'loss', lossKinds, lowering.faults);
  return found?.kind.lower(loss, prediction, new Site(lowering, pointer, `loss (${found.type})`));
}

/** J = loss + penalties. The penalties are added up first, so that J's last op parts the two. */
function addPenalties(list: unknown, pointer: string, loss: MaybeNode, lowering: Lowering): MaybeNode {
  if (list === undefined) return loss;
  if (!Array.isArray(list)) {
    lowering.faults.add(pointer, `must be an array of regularisers, not ${describeJson(list)}`);
    return undefined;
  }
  if (list.length === 0) return loss;
  if (tooMany(list, pointer, lowering.faults)) return undefined;
  const penalties = list.map((regularizer: unknown, i) => {
    const at = `${pointer}/${i}`;
    const found = readPartKind(regularizer, at, `regularization[${i}]`, regularizerKinds, lowering.faults);
    if (found === undefined) return undefined;
    return lowerRegularizer(
      regularizer,
      found.kind,
      new Site(lowering, at, `regularization[${i}] (${found.type})`),
    );
  });
  const site = new Site(lowering, pointer, 'regularization');
  return site.apply('add', [loss, penalties.reduce((sum, next) => site.apply('add', [sum, next]))]);
}

function tooMany(parts: readonly unknown[], pointer: string, faults: Faults): boolean {
  if (parts.length > mostParts) faults.add(pointer, `has ${parts.length} entries, but may have ${mostParts}`);
  return parts.length > mostParts;
}
