import type { DiagnosedParameter } from '../../../src/check/diagnosis/diagnosed-parameter.ts';
import type { DiagnosisContext } from '../../../src/check/diagnosis/diagnosis-context.ts';
import { randomStream } from '../../../src/check/random.ts';
import { type Shape, sizeOf } from '../../../src/tensors/tensor.ts';

export const noContext: DiagnosisContext = { penalties: [], steps: [], slopeVariants: [] };

/** Seeded numbers between −1 and 1. */
export function randomValues(size: number, seed = 1): Float64Array {
  const random = randomStream(seed);
  return Float64Array.from({ length: size }, () => 2 * random() - 1);
}

/** A parameter with a numeric gradient that is known up to 1e-7; what differs by more fails. */
export function diagnosed(
  shape: Shape,
  claim: (numeric: Float64Array, theta: Float64Array) => ArrayLike<number>,
  more: {
    readonly name?: string;
    readonly seed?: number;
    readonly numeric?: Float64Array;
    readonly bound?: number;
  } = {},
): DiagnosedParameter {
  const { name = 'W', seed = 1, bound = 1e-7, numeric = randomValues(sizeOf(shape), seed) } = more;
  const theta = randomValues(sizeOf(shape), seed + 1000);
  const claimed = Float64Array.from(claim(numeric, theta));
  const failed = Uint8Array.from(claimed, (value, i) =>
    !Number.isNaN(numeric[i]) && !(Math.abs(value - numeric[i]) <= bound) ? 1 : 0,
  );
  const verdict = failed.includes(1) ? 'fail' : 'pass';
  return { name, shape, theta, claimed, numeric, bound: () => bound, verdict, failed };
}
