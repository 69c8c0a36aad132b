import type { Parameter } from '../check-job.ts';
import type { ComponentRun } from '../plan/selection.ts';
import { brief } from '../report/brief-number.ts';
import type { CheckSettings } from '../settings.ts';
import { differences } from '../sweep/differences.ts';
import { listed, type WarningCheck } from './warning.ts';

/** Components of one parameter for which the step that was given cannot be taken as it is. */
export interface LostSteps {
  readonly parameter: string;
  /** θ + h is θ itself: there is no difference at all. */
  readonly lost: number;
  /** The step that floating point takes is another one, by more than a hundredth. The difference is divided by that. */
  readonly altered: number;
  readonly checked: number;
  /** max|θᵢ| of these components. */
  readonly largest: number;
}

const ALTERED = 0.01;

/** @param theta of the parameter. @returns undefined where all steps can be taken; automatic ones always can */
export function countLostSteps(
  { method, epsilon }: CheckSettings,
  { name, offset }: Parameter,
  theta: Float64Array,
  runs: readonly ComponentRun[],
): LostSteps | undefined {
  const { pairs } = differences[method];
  if (epsilon === 'auto' || pairs.length === 0) return undefined;
  let [lost, altered, checked, largest] = [0, 0, 0, 0];
  for (const { start, count } of runs) {
    checked += count;
    for (let i = start - offset; i < start - offset + count; i++) {
      const taken = pairs.map(({ plus, minus }) => {
        return (theta[i] + plus * epsilon - (theta[i] + minus * epsilon)) / ((plus - minus) * epsilon);
      });
      if (taken.every((share) => Math.abs(share - 1) <= ALTERED)) continue;
      if (taken.includes(0)) lost++;
      else altered++;
      largest = Math.max(largest, Math.abs(theta[i]));
    }
  }
  return lost + altered === 0 ? undefined : { parameter: name, lost, altered, checked, largest };
}

export const stepLost: WarningCheck = ({ traits: { lostSteps }, spec: { settings } }) => {
  if (lostSteps.length === 0 || settings.epsilon === 'auto') return undefined;
  const parts = lostSteps.map(({ parameter, lost, altered, checked, largest }) => {
    const kinds = [
      ...(lost > 0 ? [`lost in ${lost}`] : []),
      ...(altered > 0 ? [`changed by over 1 % in ${altered}`] : []),
    ];
    return `${kinds.join(' and ')} of ${checked} components of ${parameter} (up to ${brief(largest)} large)`;
  });
  const message = `rounding swallows the step ${brief(settings.epsilon)}: it is ${listed(parts)}; a lost step gives no difference, and such components are judged by a step of their own – the automatic step never gets lost`;
  return { code: 'step-lost', message };
};
