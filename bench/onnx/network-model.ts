import type { CheckJob } from '../../src/check/check-job.ts';
import { readJob } from '../../src/models/read-job.ts';
import { type WrittenNode, type WrittenTensor, writeOnnx } from '../../test/models/onnx-writer.ts';
import { type DenseLayer, denseLayers } from '../engine/network.ts';
import type { NetworkCase } from '../engine/network-case.ts';

const INT64 = 7;

/** Tensors that an ONNX file or a job holds, by name. */
export type NetworkTensors = Readonly<Record<string, WrittenTensor>>;

/** A case as an ONNX file with its loss: the network that `networkJob` has as layers, by the same names. */
export function networkModel({ network, theta }: NetworkCase, single = false): Uint8Array {
  const layers = denseLayers(network);
  const nodes = layers.flatMap((_, k): WrittenNode[] => [
    { operator: 'Gemm', inputs: [`a${k}`, `W${k + 1}`, `b${k + 1}`], outputs: [`z${k + 1}`] },
    ...(k < layers.length - 1
      ? [{ operator: 'Relu', inputs: [`z${k + 1}`], outputs: [`a${k + 1}`] }]
      : [{ operator: 'SoftmaxCrossEntropyLoss', inputs: [`z${k + 1}`, 'y'], outputs: ['J'] }]),
  ]);
  return writeOnnx({
    opset: 17,
    nodes: [{ operator: 'Identity', inputs: ['X'], outputs: ['a0'] }, ...nodes],
    initializers: layeredTensors(layers, theta, single),
    inputs: { X: ['n', network.sizes[0]], y: ['n'] },
    inputTypes: { y: INT64 },
    outputs: ['J'],
  });
}

/** The claimed gradients of a case. */
export function networkGradients({ network, claimed }: NetworkCase): NetworkTensors {
  return layeredTensors(denseLayers(network), claimed, false);
}

/** The document of such a job without θ and gradients. */
export function networkDocument({ network, inputs, labels }: NetworkCase) {
  const { examples, sizes } = network;
  return {
    model: { format: 'onnx' },
    data: { X: { shape: [examples, sizes[0]], values: Array.from(inputs) }, y: labels },
  };
}

/** The case as a job, read from the file. */
export function onnxNetworkJob(numbers: NetworkCase): CheckJob {
  const gradients = Object.entries(networkGradients(numbers)).map(
    ([name, { shape, values }]) => [name, { shape, values: Array.from(values) }] as const,
  );
  const document = { ...networkDocument(numbers), gradients: Object.fromEntries(gradients) };
  const reading = readJob(document, { model: networkModel(numbers) });
  if (reading.kind === 'job') return reading.job;
  throw new Error(`the network is not a valid model: ${JSON.stringify(reading.faults)}`);
}

function layeredTensors(
  layers: readonly DenseLayer[],
  values: Float64Array,
  single: boolean,
): NetworkTensors {
  const tensors = layers.flatMap(({ inputs, outputs, weights, bias }, k) => [
    [`W${k + 1}`, { shape: [inputs, outputs], values: values.subarray(weights, bias), single }] as const,
    [`b${k + 1}`, { shape: [outputs], values: values.subarray(bias, bias + outputs), single }] as const,
  ]);
  return Object.fromEntries(tensors);
}
