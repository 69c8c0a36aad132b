import fc from 'fast-check';
import type { CheckJob } from '../../src/check/check-job.ts';
import { randomStream } from '../../src/check/random.ts';
import { defaultSettings } from '../../src/check/settings.ts';
import type { NodeId } from '../../src/graph/graph.ts';
import { GraphBuilder } from '../../src/graph/graph-builder.ts';
import { type Shape, sizeOf } from '../../src/tensors/tensor.ts';

const activations = ['tanh', 'sigmoid', 'softplus', 'relu', 'identity', 'softmax'] as const;
const losses = ['mse', 'cross-entropy', 'logistic'] as const;

/** What decides a random network: its layers, how a weight is shared, its loss and its penalty. */
interface Recipe {
  readonly widths: readonly number[];
  readonly activations: readonly (typeof activations)[number][];
  readonly loss: (typeof losses)[number];
  readonly examples: number;
  readonly penalty: boolean;
  /** Adds each layer's input to its output where the widths agree. */
  readonly residual: boolean;
  /** Uses the first weight a second time, in the penalty. */
  readonly tied: boolean;
  /** Uses the first weight, where it is square, for a second layer as well. */
  readonly shared?: boolean;
  /** Adds a parameter that enters J through its penalty alone, and one that does not reach J at all. */
  readonly strangers?: boolean;
  readonly seed: number;
}

const recipe: fc.Arbitrary<Recipe> = fc.record({
  widths: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 2, maxLength: 5 }),
  activations: fc.array(fc.constantFrom(...activations), { minLength: 4, maxLength: 4 }),
  loss: fc.constantFrom(...losses),
  examples: fc.integer({ min: 1, max: 6 }),
  penalty: fc.boolean(),
  residual: fc.boolean(),
  tied: fc.boolean(),
  shared: fc.boolean(),
  strangers: fc.boolean(),
  seed: fc.nat(1e6),
});

/** A batch-first network of dense layers with seeded values; the claimed gradient is all zeros. */
function build({
  widths,
  activations: kinds,
  loss,
  examples,
  penalty,
  residual,
  tied,
  shared = false,
  strangers = false,
  seed,
}: Recipe): CheckJob {
  const random = randomStream(seed);
  const values = (shape: Shape, scale = 1) =>
    Float64Array.from({ length: sizeOf(shape) }, () => (2 * random() - 1) * scale);
  const graph = new GraphBuilder();
  const tensors: { name: string; shape: Shape; values: Float64Array }[] = [];
  const parameter = (name: string, shape: Shape): NodeId => {
    tensors.push({ name, shape, values: values(shape) });
    return graph.parameter(name, shape);
  };
  let activation = graph.data('X', [examples, widths[0]]);
  const weights: NodeId[] = [];
  for (let layer = 1; layer < widths.length; layer++) {
    const weight = parameter(`W${layer}`, [widths[layer - 1], widths[layer]]);
    weights.push(weight);
    const product = graph.apply('matmul', [activation, weight]);
    const sum = graph.apply('add', [product, parameter(`b${layer}`, [widths[layer]])]);
    const kind = kinds[layer - 1];
    let output = graph.apply(kind, [sum], kind === 'softmax' ? { axis: 1 } : {});
    if (shared && layer === 1 && widths[0] === widths[1])
      output = graph.apply('tanh', [graph.apply('matmul', [output, weight])]);
    const skip = residual && widths[layer] === widths[layer - 1];
    activation = skip ? graph.apply('add', [output, activation]) : output;
  }
  const target = [examples, widths[widths.length - 1]];
  const y = graph.data('Y', target);
  const perEntry = lossPerEntry(graph, loss, activation, y);
  let cost = graph.apply('mean', [graph.apply('sum', [perEntry], { axes: [1], keepDims: false })], {
    axes: [0],
    keepDims: false,
  });
  const penalized = penalty ? weights : tied ? weights.slice(0, 1) : [];
  for (const weight of penalized) {
    const squares = graph.apply('sum', [graph.apply('square', [weight])], { axes: [0, 1], keepDims: false });
    cost = graph.apply('add', [cost, graph.apply('multiply', [graph.scalar(0.1), squares])]);
  }
  if (strangers) {
    const alone = parameter('alone', [3]);
    const squares = graph.apply('sum', [graph.apply('square', [alone])], { axes: [0], keepDims: false });
    cost = graph.apply('add', [cost, squares]);
    graph.apply('tanh', [parameter('unread', [2])]);
  }
  let offset = 0;
  const parameters = tensors.map(({ name, shape }) => {
    const size = sizeOf(shape);
    offset += size;
    return { name, shape, offset: offset - size, size, claimedDtype: 'float64' as const };
  });
  const theta = Float64Array.from(tensors.flatMap((tensor) => [...tensor.values]));
  const data = [
    { name: 'X', shape: [examples, widths[0]] },
    { name: 'Y', shape: target },
  ];
  return {
    spec: { graph: graph.finish(cost), parameters, data, settings: { ...defaultSettings, seed }, labels: {} },
    theta,
    claimed: new Float64Array(theta.length),
    data: data.map(({ shape }) => ({ shape, dtype: 'float64' as const, values: values(shape) })),
  };
}

function lossPerEntry(graph: GraphBuilder, loss: Recipe['loss'], output: NodeId, target: NodeId): NodeId {
  if (loss === 'mse') return graph.apply('square', [graph.apply('subtract', [output, target])]);
  if (loss === 'logistic') {
    return graph.apply('softplus', [graph.apply('negate', [graph.apply('multiply', [target, output])])]);
  }
  const logarithms = graph.apply('log-softmax', [output], { axis: 1 });
  return graph.apply('negate', [graph.apply('multiply', [target, logarithms])]);
}

export const arbitraryNetwork = { recipe, build };
