import type { CheckJob } from '../../src/check/check-job.ts';
import { readJob } from '../../src/models/read-job.ts';

const activations = [
  'relu',
  'tanh',
  'sigmoid',
  'softplus',
  'leaky-relu',
  'elu',
  'gelu',
  'silu',
  'selu',
  'mish',
];
const losses = ['mse', 'binary-cross-entropy', 'cross-entropy', 'mae', 'huber'] as const;

/** One of the generated suite's networks, told by its seed alone. */
export interface RandomNetwork {
  readonly document: Readonly<Record<string, unknown>>;
  readonly job: CheckJob;
  readonly examples: number;
  readonly hasPenalty: boolean;
  readonly isSaturated: boolean;
}

/** A dense network of one to three layers with everything about it drawn from the random numbers. */
export function randomNetwork(random: () => number): RandomNetwork {
  const below = (count: number) => Math.floor(random() * count);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const matrix = (rows: number, columns: number, scale: number, shift = 0) =>
    Array.from({ length: rows }, () => Array.from({ length: columns }, () => scale * normal() + shift));
  const examples = 3 + below(4);
  const loss = losses[below(losses.length)];
  const widths = Array.from({ length: 2 + below(3) }, () => 3 + below(4));
  const outputs = widths[widths.length - 1];
  const featuresFirst = random() < 0.5;
  const inputScale = [1, 1, 1, 100, 1e-6][below(5)];
  const isSaturated = inputScale === 100;
  const parameters: Record<string, number[][] | number[]> = {};
  const layers: Record<string, unknown>[] = [];
  for (let layer = 1; layer < widths.length; layer++) {
    const [from, to] = [widths[layer - 1], widths[layer]];
    const scale = 1 / Math.sqrt(from) / (layer === 1 && inputScale < 1 ? inputScale : 1);
    parameters[`W${layer}`] = featuresFirst ? matrix(to, from, scale) : matrix(from, to, scale);
    parameters[`b${layer}`] = featuresFirst ? matrix(to, 1, 0.3) : matrix(1, to, 0.3)[0];
    layers.push({ type: 'dense', weights: `W${layer}`, bias: `b${layer}` });
    if (layer < widths.length - 1) layers.push({ type: activations[below(activations.length)] });
  }
  const hasPenalty = random() < 0.5;
  const across = (rows: number, columns: number) => (featuresFirst ? [columns, rows] : [rows, columns]);
  const [targetRows, targetColumns] = across(examples, outputs);
  const target = {
    mse: () => matrix(targetRows, targetColumns, 1),
    mae: () => matrix(targetRows, targetColumns, 1),
    huber: () => matrix(targetRows, targetColumns, 1),
    'binary-cross-entropy': () =>
      matrix(targetRows, targetColumns, 1).map((row) => row.map((value) => (value > 0 ? 1 : 0))),
    'cross-entropy': () => Array.from({ length: examples }, () => below(outputs)),
  }[loss]();
  const [inputRows, inputColumns] = across(examples, widths[0]);
  const zeros = Object.fromEntries(
    Object.entries(parameters).map(([name, values]) => [
      name,
      values.map((row) => (Array.isArray(row) ? row.map(() => 0) : 0)),
    ]),
  );
  const document = {
    model: {
      format: 'layers',
      input: 'X',
      layout: featuresFirst ? 'features-first' : 'batch-first',
      layers,
      loss: {
        type: loss,
        target: 'Y',
        ...(loss === 'binary-cross-entropy' || loss === 'cross-entropy' ? { from: 'logits' } : {}),
      },
      ...(hasPenalty
        ? {
            regularization: [
              {
                type: 'l2',
                lambda: 0.3,
                parameters: Object.keys(parameters).filter((name) => name.startsWith('W')),
                scale: '1/(2m)',
              },
            ],
          }
        : {}),
    },
    data: { X: matrix(inputRows, inputColumns, inputScale), Y: target },
    parameters,
    gradients: zeros,
  };
  const outcome = readJob(document);
  if (outcome.kind !== 'job') throw new Error(JSON.stringify(outcome.faults));
  return { document, job: outcome.job, examples, hasPenalty, isSaturated };
}
