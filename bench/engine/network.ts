/** A multilayer perceptron to be checked: ReLU between its layers, softmax cross-entropy at its end. */
export interface Network {
  /** Units of each layer, the inputs first. */
  readonly sizes: readonly number[];
  readonly examples: number;
  /** How PyTorch's slow gradcheck is timed: over every component, or over a sample where that would take hours. */
  readonly slowGradcheck: 'whole' | 'sample';
}

/** The rows of the table, the smallest first. */
export const networks: readonly Network[] = [
  { sizes: [256, 128, 64, 10], examples: 32, slowGradcheck: 'whole' },
  { sizes: [784, 512, 512, 10], examples: 64, slowGradcheck: 'sample' },
  { sizes: [784, 2048, 2048, 2048, 10], examples: 64, slowGradcheck: 'sample' },
];

/** `256-128-64-10`, as rows are named. */
export function networkName({ sizes }: Network): string {
  return sizes.join('-');
}

export interface DenseLayer {
  readonly inputs: number;
  readonly outputs: number;
  /** Where W, [inputs, outputs], starts in θ. */
  readonly weights: number;
  /** Where b, [outputs], starts in θ. */
  readonly bias: number;
}

/** The layers of a network; θ is W1, b1, W2, b2, … one after the other. */
export function denseLayers({ sizes }: Network): readonly DenseLayer[] {
  let offset = 0;
  return sizes.slice(1).map((outputs, k) => {
    const inputs = sizes[k];
    const layer = { inputs, outputs, weights: offset, bias: offset + inputs * outputs };
    offset += (inputs + 1) * outputs;
    return layer;
  });
}

/** The number of components of θ. */
export function networkComponents(network: Network): number {
  return denseLayers(network).reduce((sum, { inputs, outputs }) => sum + (inputs + 1) * outputs, 0);
}
