import type { Parameter } from '../../src/check/check-job.ts';
import { randomStream } from '../../src/check/random.ts';
import { type RandomNetwork, randomNetwork } from './random-network.ts';
import { backpropagate } from './reverse-mode.ts';

/** A network with its right gradient, and the weight in it to spoil. */
export interface BugSite {
  readonly network: RandomNetwork;
  /** Laid out as θ. */
  readonly right: Float64Array;
  /** Two axes or more, several entries along the first one and the last; undefined in a network too small for one. */
  readonly weight: Parameter | undefined;
  readonly random: () => number;
}

export function bugSite(seed: number): BugSite {
  const network = randomNetwork(seed);
  const random = randomStream(seed + 1e6);
  const weights = network.job.spec.parameters.filter(
    ({ shape, size }) => shape.length > 1 && shape[0] > 1 && shape[shape.length - 1] > 1 && size > 7,
  );
  const weight = weights.length === 0 ? undefined : weights[Math.floor(random() * weights.length)];
  return { network, right: backpropagate(network.job), weight, random };
}
