import { randomStream } from '../../src/check/random.ts';
import { backward, forward } from './backpropagation.ts';
import { type DenseLayer, denseLayers, type Network, networkComponents } from './network.ts';

/** A network with numbers: the same ones for us and for every peer. */
export interface NetworkCase {
  readonly network: Network;
  /** X, [examples, inputs]. */
  readonly inputs: Float64Array;
  /** The class of each example. */
  readonly labels: readonly number[];
  readonly theta: Float64Array;
  /** The right gradient, laid out as θ. */
  readonly claimed: Float64Array;
  /** J(θ). */
  readonly cost: number;
}

/** Makes a network's numbers from a seed: standard normal inputs, weights as He et al. (2015) draw them. */
export function createCase(network: Network, seed: number): NetworkCase {
  const normal = normals(randomStream(seed));
  const inputs = Float64Array.from({ length: network.examples * network.sizes[0] }, normal);
  const classes = network.sizes[network.sizes.length - 1];
  const labels = Array.from({ length: network.examples }, (_, example) => example % classes);
  const theta = new Float64Array(networkComponents(network));
  for (const { inputs: fanIn, weights, bias } of denseLayers(network)) {
    for (let i = weights; i < bias; i++) theta[i] = Math.sqrt(2 / fanIn) * normal();
  }
  const state = forward(network, theta, inputs, (layer, sums) => placeBiases(layer, sums, theta));
  const { claimed, cost } = backward(network, theta, state, labels);
  return { network, inputs, labels, theta, claimed, cost };
}

/**
 * Sets the biases of a hidden layer so that no ReLU sits at its kink: of the sums W·x of one unit over the examples,
 * 0 falls into the widest gap of the middle half. A kink within a step would make a right gradient look wrong, and
 * what is timed here is the checking of right ones.
 */
function placeBiases({ outputs, bias }: DenseLayer, sums: Float64Array, theta: Float64Array): void {
  const examples = sums.length / outputs;
  for (let unit = 0; unit < outputs; unit++) {
    const sorted = Float64Array.from({ length: examples }, (_, s) => sums[s * outputs + unit]).sort();
    let widest = Math.floor(examples / 4);
    for (let i = widest; i < Math.ceil((3 * examples) / 4) - 1; i++)
      if (sorted[i + 1] - sorted[i] > sorted[widest + 1] - sorted[widest]) widest = i;
    theta[bias + unit] = -(sorted[widest] + sorted[widest + 1]) / 2;
  }
}

/** Standard normal numbers by Box and Muller's transform. */
function normals(random: () => number): () => number {
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
