import { type DenseLayer, denseLayers, type Network } from './network.ts';

/** What the forward pass leaves for the backward one. */
export interface ForwardState {
  /** What enters each layer, [examples, inputs]. */
  readonly entering: readonly Float64Array[];
  /** What the last layer gives, [examples, classes]. */
  readonly logits: Float64Array;
}

/**
 * Evaluates the network's layers.
 * @param onSums is given W·x of each hidden layer, without its biases, before they are read from θ
 */
export function forward(
  network: Network,
  theta: Float64Array,
  inputs: Float64Array,
  onSums: (layer: DenseLayer, sums: Float64Array) => void,
): ForwardState {
  const layers = denseLayers(network);
  const entering = [inputs];
  layers.forEach((layer, k) => {
    const hidden = k < layers.length - 1;
    const sums = multiply(entering[k], theta.subarray(layer.weights, layer.bias), layer);
    if (hidden) onSums(layer, sums);
    entering.push(sums.map((sum, i) => rectify(sum + theta[layer.bias + (i % layer.outputs)], hidden)));
  });
  return { entering: entering.slice(0, -1), logits: entering[layers.length] };
}

function rectify(value: number, hidden: boolean): number {
  return hidden ? Math.max(0, value) : value;
}

/** J, the mean over examples of −log softmax(logits)[label], and its gradient by every component of θ. */
export function backward(
  network: Network,
  theta: Float64Array,
  { entering, logits }: ForwardState,
  labels: readonly number[],
): { readonly claimed: Float64Array; readonly cost: number } {
  const layers = denseLayers(network);
  const claimed = new Float64Array(theta.length);
  const { cost, delta: last } = crossEntropy(logits, labels);
  let delta = last;
  for (let k = layers.length - 1; k >= 0; k--) {
    const layer = layers[k];
    addGradient(layer, entering[k], delta, claimed);
    if (k > 0) delta = deltaBelow(layer, entering[k], delta, theta);
  }
  return { claimed, cost };
}

/** `delta` is ∂J/∂logits: (softmax − one-hot) / examples. */
function crossEntropy(logits: Float64Array, labels: readonly number[]) {
  const examples = labels.length;
  const classes = logits.length / examples;
  const delta = new Float64Array(logits.length);
  let cost = 0;
  labels.forEach((label, example) => {
    const row = logits.subarray(example * classes, (example + 1) * classes);
    const largest = Math.max(...row);
    const powers = row.map((value) => Math.exp(value - largest));
    const total = powers.reduce((sum, value) => sum + value, 0);
    cost += (largest + Math.log(total) - row[label]) / examples;
    for (let c = 0; c < classes; c++)
      delta[example * classes + c] = (powers[c] / total - (c === label ? 1 : 0)) / examples;
  });
  return { cost, delta };
}

/** X·W for X [examples, inputs] and W [inputs, outputs]. */
function multiply(x: Float64Array, weights: Float64Array, { inputs, outputs }: DenseLayer): Float64Array {
  const examples = x.length / inputs;
  const product = new Float64Array(examples * outputs);
  for (let s = 0; s < examples; s++) {
    for (let i = 0; i < inputs; i++) {
      const factor = x[s * inputs + i];
      for (let j = 0; j < outputs; j++) product[s * outputs + j] += factor * weights[i * outputs + j];
    }
  }
  return product;
}

/** Adds Xᵀ·Δ to the place of W and the columns' sums of Δ to that of b. */
function addGradient(layer: DenseLayer, x: Float64Array, delta: Float64Array, claimed: Float64Array): void {
  const { inputs, outputs, weights, bias } = layer;
  const examples = x.length / inputs;
  for (let s = 0; s < examples; s++) {
    for (let i = 0; i < inputs; i++) {
      const factor = x[s * inputs + i];
      for (let j = 0; j < outputs; j++) claimed[weights + i * outputs + j] += factor * delta[s * outputs + j];
    }
    for (let j = 0; j < outputs; j++) claimed[bias + j] += delta[s * outputs + j];
  }
}

/** Δ of the layer before: Δ·Wᵀ where its ReLU lets through. */
function deltaBelow(layer: DenseLayer, x: Float64Array, delta: Float64Array, theta: Float64Array) {
  const { inputs, outputs, weights } = layer;
  return x.map((entered, position) => {
    if (entered <= 0) return 0;
    const s = Math.floor(position / inputs);
    const row = weights + (position % inputs) * outputs;
    let sum = 0;
    for (let j = 0; j < outputs; j++) sum += delta[s * outputs + j] * theta[row + j];
    return sum;
  });
}
