import { binaryCrossEntropy } from './binary-cross-entropy.ts';
import { crossEntropy } from './cross-entropy.ts';
import type { LossKind } from './loss.ts';
import { mse } from './mse.ts';
import type { PartKinds } from './part-type.ts';

/** Every kind of loss there is. A new one is one file and one line here. */
const built: readonly LossKind[] = [mse, binaryCrossEntropy, crossEntropy];

export const lossKinds: PartKinds<LossKind> = {
  part: 'loss',
  byType: new Map(built.map((kind) => [kind.type, kind])),
  planned: ['mae', 'huber', 'nll', 'hinge', 'kl-divergence', 'cosine'],
};
