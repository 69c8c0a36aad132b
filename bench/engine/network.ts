/** A multilayer perceptron to be checked: ReLU between its layers, softmax cross-entropy at its end. */
export interface Network {
  /** Units of each layer, the inputs first. */
  readonly sizes: readonly number[];
  readonly examples: number;
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
