import type { CheckJob, Parameter } from '../../src/check/check-job.ts';
import { defaultSettings } from '../../src/check/settings.ts';
import { Faults } from '../../src/errors/fault.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { layersFormat } from '../../src/models/layers/layers-format.ts';
import { dataReadBy } from '../../src/models/unread-data.ts';
import type { Tensor } from '../../src/tensors/tensor.ts';
import { type DenseLayer, denseLayers } from './network.ts';
import type { NetworkCase } from './network-case.ts';

/** A case as a job in the format `layers`, with the default settings. Copies no tensor. */
export function networkJob(numbers: NetworkCase): CheckJob {
  const data = dataTensors(numbers);
  const graph = lower(numbers, data);
  const names = dataReadBy(graph);
  return {
    spec: {
      graph,
      parameters: denseLayers(numbers.network).flatMap(parametersOf),
      data: names.map((name) => ({ name, shape: present(data, name).shape })),
      settings: defaultSettings,
      labels: {},
    },
    theta: numbers.theta,
    claimed: numbers.claimed,
    data: names.map((name) => present(data, name)),
  };
}

function dataTensors({ network, inputs, labels }: NetworkCase): ReadonlyMap<string, Tensor> {
  const { examples, sizes } = network;
  return new Map<string, Tensor>([
    ['X', { shape: [examples, sizes[0]], dtype: 'float64', values: inputs }],
    ['y', { shape: [examples], dtype: 'float64', values: Float64Array.from(labels) }],
  ]);
}

function lower({ network, theta }: NetworkCase, data: ReadonlyMap<string, Tensor>): Graph {
  const layers = denseLayers(network);
  const model = {
    format: 'layers',
    layout: 'batch-first',
    layers: layers.flatMap((_, k) => [
      { type: 'dense', weights: `W${k + 1}`, bias: `b${k + 1}` },
      ...(k < layers.length - 1 ? [{ type: 'relu' }] : []),
    ]),
    loss: { type: 'cross-entropy', target: 'y', from: 'logits' },
  };
  const parameters = new Map(
    layers
      .flatMap(parametersOf)
      .map(({ name, shape, offset, size }): [string, Tensor] => [
        name,
        { shape, dtype: 'float64', values: theta.subarray(offset, offset + size) },
      ]),
  );
  const faults = new Faults();
  const graph = layersFormat.build(model, '/model', { data, parameters }, faults);
  if (graph === undefined)
    throw new Error(`the network is not a valid model: ${JSON.stringify(faults.list)}`);
  return graph;
}

function parametersOf({ inputs, outputs, weights, bias }: DenseLayer, k: number): Parameter[] {
  const claimedDtype = 'float64';
  const W = { name: `W${k + 1}`, shape: [inputs, outputs], offset: weights, size: inputs * outputs };
  const b = { name: `b${k + 1}`, shape: [outputs], offset: bias, size: outputs };
  return [
    { ...W, claimedDtype },
    { ...b, claimedDtype },
  ];
}

function present(tensors: ReadonlyMap<string, Tensor>, name: string): Tensor {
  const tensor = tensors.get(name);
  if (tensor === undefined) throw new Error(`the case has no tensor named ${name}`);
  return tensor;
}
