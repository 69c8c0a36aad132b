import type { NodeSite } from '../node-site.ts';
import type { OnnxValue } from '../onnx-value.ts';
import { type OnnxOperator, operator } from '../operator.ts';

/** Entries dropped at random: only where none is, as a cost must be the same whenever it is computed. */
export const dropouts: readonly OnnxOperator[] = [operator('Dropout', 7, dropout)];

/** Whether it is training is an input from opset 12 on; before, a model in a file never is. */
function dropout(node: NodeSite): readonly OnnxValue[] {
  const x = node.input(0);
  node.attributes.int('seed');
  const old = node.opset < 12 ? node.attributes.float('ratio') : undefined;
  const [ratio, training] = [node.optional(1), node.optional(2)];
  const isTraining = training !== undefined && node.needKnown(training, 'training_mode')[0] !== 0;
  const rate = ratio === undefined ? (old ?? 0.5) : node.needKnown(ratio, 'the ratio')[0];
  if (isTraining && rate !== 0) {
    node.refuse(
      `it drops entries at random (training_mode is true, ratio ${rate}): export the model without it, or with ratio 0`,
    );
  }
  if (!node.wantsOutput(1)) return [x];
  return [x, node.filled('bool', x.shape, 1)];
}
