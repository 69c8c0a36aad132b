import { formatShape } from '../../tensors/tensor.ts';
import type { MaybeNode, Site } from './site.ts';

/** Examples, steps of time, and features of a sequence. */
export interface SequenceShape {
  readonly examples: number;
  readonly time: number;
  readonly features: number;
}

/** The shape of an input that must be a sequence, [examples, time, features]; anything else is a fault. */
export function sequenceShape(input: MaybeNode, site: Site): SequenceShape | undefined {
  const shape = site.shapeOf(input);
  if (!site.needsBatchFirst() || shape === undefined) return undefined;
  if (shape.length === 3 && shape[1] > 0) {
    const [examples, time, features] = shape;
    return { examples, time, features };
  }
  const reason = shape.length === 3 ? 'no time steps' : 'not the axes of a sequence';
  site.fault(`its input has shape ${formatShape(shape)}, so ${reason}: it takes [examples,time,features]`);
  return undefined;
}
