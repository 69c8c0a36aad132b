import { z } from 'zod';
import type { Shape } from '../../tensors/tensor.ts';

export const layoutSchema = z
  .enum(['features-first', 'batch-first'])
  .describe(
    'features-first: columns are examples, a dense layer is Z = W·X + b. batch-first: rows are examples, Z = X·W + b.',
  );

export const weightLayoutSchema = z
  .enum(['in-out', 'out-in'])
  .describe(
    'The order of the axes of dense weights. Default: out-in for features-first (Z = W·X + b), in-out for ' +
      'batch-first (Z = X·W + b). batch-first with out-in is Z = X·Wᵀ + b, as PyTorch has it; features-first with ' +
      'in-out is Z = Wᵀ·X + b.',
  );

/**
 * Which axis of an activation is which. With features-first it has two axes, [features, examples]. With batch-first
 * the examples are its first axis and the features its last one: [examples, features], [examples, time, features].
 */
export interface Layout {
  readonly name: z.output<typeof layoutSchema>;
  readonly weightLayout: z.output<typeof weightLayoutSchema>;
  readonly exampleAxis: 0 | 1;
}

export function layoutNamed(
  name: z.output<typeof layoutSchema>,
  weightLayout: z.output<typeof weightLayoutSchema> | undefined,
): Layout {
  return name === 'features-first'
    ? { name, weightLayout: weightLayout ?? 'out-in', exampleAxis: 1 }
    : { name, weightLayout: weightLayout ?? 'in-out', exampleAxis: 0 };
}

/** The axis of the features of an activation of two axes or more. */
export function featureAxis(layout: Layout, activation: Shape): number {
  return layout.name === 'features-first' ? 0 : activation.length - 1;
}
