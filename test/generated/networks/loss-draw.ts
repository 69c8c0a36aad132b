import type { Shape } from '../../../src/tensors/tensor.ts';
import type { Draft } from './draft.ts';

type Loss = Readonly<Record<string, unknown>>;

/** What a loss takes, and the layer before it that gives such numbers. */
interface LossForm {
  readonly loss: Loss & { readonly type: string };
  readonly before?: 'sigmoid' | 'softmax' | 'log-softmax';
  readonly target: 'numbers' | 'bits' | 'signs' | 'classes' | 'distributions';
}

const forms: readonly LossForm[] = [
  { loss: { type: 'mse' }, target: 'numbers' },
  { loss: { type: 'mse' }, target: 'numbers' },
  { loss: { type: 'mae' }, target: 'numbers' },
  { loss: { type: 'huber', delta: 0.7 }, target: 'numbers' },
  { loss: { type: 'cosine' }, target: 'numbers' },
  { loss: { type: 'hinge' }, target: 'signs' },
  { loss: { type: 'binary-cross-entropy', from: 'logits' }, target: 'bits' },
  { loss: { type: 'cross-entropy' }, target: 'classes' },
  { loss: { type: 'cross-entropy' }, target: 'distributions' },
  { loss: { type: 'nll' }, before: 'log-softmax', target: 'classes' },
  { loss: { type: 'kl-divergence', from: 'logits' }, target: 'distributions' },
  { loss: { type: 'kl-divergence' }, before: 'log-softmax', target: 'distributions' },
];

/** Forms whose probabilities may not be 0, as the logarithm of them is taken. */
const ofProbabilities: readonly LossForm[] = [
  { loss: { type: 'binary-cross-entropy' }, before: 'sigmoid', target: 'bits' },
  { loss: { type: 'cross-entropy', from: 'probabilities' }, before: 'softmax', target: 'classes' },
  { loss: { type: 'kl-divergence', from: 'probabilities' }, before: 'softmax', target: 'distributions' },
];

/** Adds what a drawn loss needs, before it and as its target, and returns the loss. */
export function drawLoss(draft: Draft, output: Shape): Loss {
  const { draws } = draft;
  const form = draws.oneOf(draft.isSaturated ? forms : [...forms, ...ofProbabilities]);
  if (form.before !== undefined) draft.add({ type: form.before });
  return {
    ...form.loss,
    target: target(draft, form.target, output),
    reduction: draws.oneOf(['mean', 'mean', 'sum']),
    outputs: draws.oneOf(['sum', 'mean']),
  };
}

function target(draft: Draft, kind: LossForm['target'], output: Shape): string {
  const { draws, data } = draft;
  const name = `Y${data.size}`;
  const axis = draft.layout === 'features-first' ? 0 : output.length - 1;
  const draw = {
    numbers: () => draws.nested(output, () => draws.normal()),
    bits: () => draws.nested(output, () => draws.between(0, 1)),
    signs: () => draws.nested(output, () => draws.oneOf([-1, 1])),
    classes: () => draws.nested(output.toSpliced(axis, 1), () => draws.between(0, output[axis] - 1)),
    // Nothing asks that they add up to 1.
    distributions: () => draws.nested(output, () => draws.between(0, 4) / 8),
  };
  data.set(name, draw[kind]());
  return name;
}
