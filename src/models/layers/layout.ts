import { z } from 'zod';

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

/** Which axis of an activation is which. Activations have two axes: features and examples. */
export interface Layout {
  readonly name: z.output<typeof layoutSchema>;
  readonly weightLayout: z.output<typeof weightLayoutSchema>;
  readonly featureAxis: 0 | 1;
  readonly exampleAxis: 0 | 1;
}

export function layoutNamed(
  name: z.output<typeof layoutSchema>,
  weightLayout: z.output<typeof weightLayoutSchema> | undefined,
): Layout {
  return name === 'features-first'
    ? { name, weightLayout: weightLayout ?? 'out-in', featureAxis: 0, exampleAxis: 1 }
    : { name, weightLayout: weightLayout ?? 'in-out', featureAxis: 1, exampleAxis: 0 };
}

/** The shape of an activation. */
export function activationShape(
  layout: Layout,
  features: number,
  examples: number,
): readonly [number, number] {
  return layout.featureAxis === 0 ? [features, examples] : [examples, features];
}
