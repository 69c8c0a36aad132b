import type { Faults } from '../../errors/fault.ts';
import { GraphBuilder } from '../../graph/graph-builder.ts';
import { describeJson } from '../../tensors/describe-json.ts';
import { formatShape } from '../../tensors/tensor.ts';
import type { DocumentFormat, ModelInputs, NamedTensors } from '../model-format.ts';
import { addUnknownFields, isObject, readBySchema } from '../schema-faults.ts';
import { LayerGraph, type ModelInput } from './layer-graph.ts';
import { layersModelSchema } from './layers-model.ts';
import { type Layout, layoutNamed } from './layout.ts';
import { lowerLosses } from './loss-sum.ts';
import { readPartKind } from './part-type.ts';
import { regularizerKinds } from './regularization.ts';
import { type Lowering, type MaybeNode, Site } from './site.ts';

const fields = layersModelSchema.shape;

/** Layers, losses, and regularisers, that a model may have of each. */
const mostParts = 10_000;

/** Networks as layers, losses and regularisers, lowered to J = losses + penalties. */
export const layersFormat: DocumentFormat = {
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
    if (hasTooManyParts(model, pointer, faults)) return undefined;
    const layers = new LayerGraph(model.layers, `${pointer}/layers`, input, lowering);
    const loss = lowerLosses(model.loss, `${pointer}/loss`, layers, lowering);
    layers.refuseUnread(faults);
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
  const isKnown =
    layout.name === 'batch-first' ? shape !== undefined && shape.length > 0 : shape?.length === 2;
  return isKnown ? shape?.[layout.exampleAxis] : undefined;
}

function lowerInput(
  model: Readonly<Record<string, unknown>>,
  modelPointer: string,
  lowering: Lowering,
): ModelInput {
  const pointer = `${modelPointer}/input`;
  const name = readBySchema(fields.input, model.input, pointer, lowering.faults);
  if (name === undefined) return { name, node: undefined, pointer };
  const site = new Site(lowering, pointer, 'input');
  return { name, node: lowerInputTensor(name, site), pointer };
}

function lowerInputTensor(name: string, site: Site): MaybeNode {
  const input = site.tensor(name);
  const shape = site.shapeOf(input);
  if (shape === undefined) return undefined;
  const isColumns = site.layout.name === 'features-first';
  const axes = isColumns ? '[features,examples]' : '[examples,features]';
  if (isColumns ? shape.length !== 2 : shape.length === 0) {
    const needed = isColumns ? 'the input has two axes' : 'the input has an axis of examples';
    site.fault(`${name} has shape ${formatShape(shape)}, but ${needed}, ${axes}`);
    return undefined;
  }
  if (site.examples === 0) site.fault(`${name} has shape ${formatShape(shape)}, so no examples (${axes})`);
  return input;
}

/** J = loss + penalties. The penalties are added up first, so that J's last op parts the two. */
function addPenalties(list: unknown, pointer: string, loss: MaybeNode, lowering: Lowering): MaybeNode {
  if (list === undefined) return loss;
  if (!Array.isArray(list)) {
    lowering.faults.add(pointer, `must be an array of regularisers, not ${describeJson(list)}`);
    return undefined;
  }
  if (list.length === 0) return loss;
  const penalties = list.map((regularizer: unknown, i) => {
    const at = `${pointer}/${i}`;
    const found = readPartKind(regularizer, at, `regularization[${i}]`, regularizerKinds, lowering.faults);
    if (found === undefined) return undefined;
    return found.kind.lower(regularizer, new Site(lowering, at, `regularization[${i}] (${found.type})`));
  });
  const site = new Site(lowering, pointer, 'regularization');
  return site.apply('add', [loss, penalties.reduce((sum, next) => site.apply('add', [sum, next]))]);
}

function hasTooManyParts(model: Readonly<Record<string, unknown>>, pointer: string, faults: Faults): boolean {
  const tooMany = ['layers', 'loss', 'regularization'].filter((field) => {
    const parts = model[field];
    if (!Array.isArray(parts) || parts.length <= mostParts) return false;
    faults.add(`${pointer}/${field}`, `has ${parts.length} entries, but may have ${mostParts}`);
    return true;
  });
  return tooMany.length > 0;
}
