import type { CheckSettings } from '../settings.ts';
import { brief } from './brief-number.ts';

/**
 * Says in words how far rounding alone can move the relative difference of a right gradient, and what follows for the
 * tolerance.
 * @param byNoise that relative difference
 * @param shown the one that was found
 */
export function explainNoise(settings: CheckSettings, byNoise: number, shown: number): string {
  const { tolerance } = settings;
  if (!Number.isFinite(byNoise)) return 'how far rounding goes cannot be told, as J is not finite near θ';
  const noise = brief(byNoise);
  const reach = `rounding alone can move the relative difference of a right gradient by up to ${noise}${describeStep(settings)}`;
  if (byNoise <= tolerance) return `${reach}, which is within the tolerance ${brief(tolerance)}`;
  const above = `${reach}, which is over the tolerance ${brief(tolerance)}: differences up to ${noise} are noise here`;
  return shown <= byNoise ? `${above}, and the ${brief(shown)} found proves nothing by itself` : above;
}

function describeStep({ method, epsilon }: CheckSettings): string {
  if (method === 'complex-step') return '';
  return epsilon === 'auto' ? ' with automatic steps' : ` with the step ${brief(epsilon)}`;
}
