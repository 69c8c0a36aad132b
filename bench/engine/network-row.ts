import { writeCase } from './case-folder.ts';
import { denseLayers, type Network, networkComponents } from './network.ts';
import { createCase } from './network-case.ts';
import { networkJob } from './network-job.ts';
import { fastGradcheck, scipyPeers, slowGradcheck } from './peer-contender.ts';
import type { Row } from './row.ts';
import { strategies } from './strategy-contender.ts';

const SEED = 7;

/** A multilayer perceptron, named `256-128-64-10`. */
export function networkRow(network: Network): Row {
  const name = network.sizes.join('-');
  return {
    name,
    async prepare(folder) {
      const numbers = createCase(network, SEED);
      writeCase(folder, numbers);
      return {
        title: `${name}, ${network.examples} examples`,
        job: networkJob(numbers),
        cost: numbers.cost,
        strategies,
        peers: [slowGradcheck, fastGradcheck, ...scipyPeers],
        heldBytes: heldBytes(network),
      };
    },
  };
}

/** θ, the claimed gradient, the data, and what each layer gives for each example. */
function heldBytes(network: Network): number {
  const { examples, sizes } = network;
  const data = examples * (sizes[0] + 1);
  const activations = denseLayers(network).reduce((sum, { outputs }) => sum + examples * outputs, 0);
  return 8 * (2 * networkComponents(network) + data + activations);
}
