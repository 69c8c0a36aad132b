import { binaryCrossEntropy } from './binary-cross-entropy.ts';
import { cosine } from './cosine.ts';
import { crossEntropy } from './cross-entropy.ts';
import { hinge } from './hinge.ts';
import { huber } from './huber.ts';
import { klDivergence } from './kl-divergence.ts';
import type { LossKind } from './loss.ts';
import { mae } from './mae.ts';
import { mse } from './mse.ts';
import { nll } from './nll.ts';
import type { PartKinds } from './part-type.ts';

/** Every kind of loss there is. A new one is one file and one line here. */
const built: readonly LossKind[] = [
  mse,
  mae,
  huber,
  binaryCrossEntropy,
  crossEntropy,
  nll,
  hinge,
  klDivergence,
  cosine,
];

export const lossKinds: PartKinds<LossKind> = {
  part: 'loss',
  byType: new Map(built.map((kind) => [kind.type, kind])),
};
