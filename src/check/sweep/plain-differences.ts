import type { Method } from '../settings.ts';
import type { ComponentProbes, Quotients } from './component-probes.ts';
import { differences } from './differences.ts';

/**
 * The formula of a method, once for each component; not for complex-step, which takes no difference.
 * @param components numbered in θ
 * @param steps h of each
 * @returns undefined when the job was cancelled
 */
export function plainDifferences(
  probes: ComponentProbes,
  method: Method,
  components: readonly number[],
  steps: Float64Array,
): Quotients | undefined {
  const values = new Float64Array(components.length);
  const crossed = new Uint32Array(components.length);
  for (const pair of differences[method].pairs) {
    const quotients = probes.quotients(components, steps, pair);
    if (quotients === undefined) return undefined;
    for (let i = 0; i < values.length; i++) {
      values[i] += pair.weight * quotients.values[i];
      crossed[i] += quotients.crossed[i];
    }
  }
  return { values, crossed };
}
