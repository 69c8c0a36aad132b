import type { CheckJob } from '../../src/check/check-job.ts';
import { randomStream } from '../../src/check/random.ts';
import { readJob } from '../../src/models/read-job.ts';
import { Draft, type LayoutName } from './networks/draft.ts';
import type { Nested } from './networks/draws.ts';
import { type Family, families } from './networks/families.ts';
import { drawLoss } from './networks/loss-draw.ts';
import { type DrawnPenalty, drawPenalty } from './networks/penalty-draw.ts';

/** A part of a model: a layer, a loss or a regulariser. */
type Part = Readonly<Record<string, unknown>>;

export interface NetworkDocument {
  readonly model: {
    readonly format: 'layers';
    readonly layout: LayoutName;
    readonly layers: readonly Part[];
    readonly loss: Part | readonly Part[];
    readonly regularization?: readonly Part[];
  };
  readonly data: Readonly<Record<string, Nested>>;
  readonly parameters: Readonly<Record<string, Nested>>;
  readonly gradients: Readonly<Record<string, Nested>>;
}

/** One of the generated suite's networks, told by its seed alone. */
export interface RandomNetwork {
  readonly seed: number;
  readonly family: string;
  readonly document: NetworkDocument;
  readonly job: CheckJob;
  readonly examples: number;
  readonly penalty: DrawnPenalty | undefined;
  /** Whether its inputs are so large that little may be left of the gradient. */
  readonly isSaturated: boolean;
}

/** The network of a seed; the families take turns. */
export function randomNetwork(
  seed: number,
  family: Family = families[seed % families.length],
): RandomNetwork {
  const draft = new Draft(randomStream(seed), family.layout);
  const output = family.draw(draft);
  const loss = drawLosses(draft, output);
  const penalty = drawPenalty(draft);
  const values = [...draft.parameters].map(([name, parameter]) => [name, parameter.values] as const);
  const document: NetworkDocument = {
    model: {
      format: 'layers',
      layout: draft.layout,
      layers: draft.layers,
      loss,
      ...(penalty === undefined ? {} : { regularization: [penalty.regularizer] }),
    },
    data: Object.fromEntries(draft.data),
    parameters: Object.fromEntries(values),
    gradients: Object.fromEntries(values.map(([name, nested]) => [name, zeros(nested)])),
  };
  const reading = readJob(document);
  if (reading.kind !== 'job') {
    throw new Error(`seed ${seed}: ${JSON.stringify(reading.faults)} of ${JSON.stringify(document)}`);
  }
  const { examples, isSaturated } = draft;
  return { seed, family: family.name, document, job: reading.job, examples, penalty, isSaturated };
}

/** A loss of what the layers give, and sometimes another one of the same, added to it. */
function drawLosses(draft: Draft, output: readonly number[]): Part | Part[] {
  const first = drawLoss(draft, output);
  if (!draft.draws.chance(0.15)) return first;
  const last = draft.layers[draft.layers.length - 1];
  draft.layers[draft.layers.length - 1] = { ...last, name: 'prediction' };
  draft.add({ type: 'tanh' });
  return [
    { ...first, input: 'prediction' },
    { ...drawLoss(draft, output), weight: 0.5 },
  ];
}

function zeros(nested: Nested): Nested {
  return typeof nested === 'number' ? 0 : nested.map(zeros);
}
