import type { SlopeGradient } from './slope-task.ts';

/** What is known of the gradient of a cost in which one activation's slope is taken to be 1. */
export interface SlopeVariant {
  /** What the client wrote that became the activation: `layers[1] (relu)`. */
  readonly layer: string;
  readonly op: string;
  /** By parameter: of some of its components, by their number within it. */
  readonly numeric: ReadonlyMap<string, ReadonlyMap<number, number>>;
}

/** Puts together what shards found. @param names of the parameters, by position in the spec */
export function slopeVariants(
  gradients: readonly SlopeGradient[],
  names: readonly string[],
): readonly SlopeVariant[] {
  const variants = new Map<
    number,
    { layer: string; op: string; numeric: Map<string, Map<number, number>> }
  >();
  for (const { activation, parameter, components, numeric } of gradients) {
    const { exit, layer, op } = activation;
    const variant = variants.get(exit) ?? { layer, op, numeric: new Map<string, Map<number, number>>() };
    variants.set(exit, variant);
    const own = variant.numeric.get(names[parameter]) ?? new Map<number, number>();
    variant.numeric.set(names[parameter], own);
    for (const [i, component] of components.entries())
      if (Number.isFinite(numeric[i])) own.set(component, numeric[i]);
  }
  return [...variants.values()];
}
